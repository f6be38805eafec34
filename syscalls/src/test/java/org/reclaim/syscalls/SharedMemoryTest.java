package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class SharedMemoryTest {

    private final String name = "reclaim-test-" + UUID.randomUUID();
    private final Path file = Path.of("/dev/shm", name);

    @AfterEach
    void unlink() throws Exception {
        SharedMemory.unlink(name);
    }

    @Test
    void whatIsCreatedIsPrivateZeroedAndThereInFull() throws Exception {
        try (var channel = SharedMemory.create(name, 10_000); var arena = Arena.ofConfined()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(channel.size()).isEqualTo(10_000);
            // In blocks of 512 bytes: all of its pages.
            assertThat(new ProcessBuilder("stat", "-c", "%b", file.toString()).start().inputReader().readLine())
                    .isEqualTo("24");
            var segment = channel.map(MapMode.READ_WRITE, 0, 10_000, arena);
            assertThat(segment.get(ValueLayout.JAVA_BYTE, 9_999)).isZero();
        }
    }

    @Test
    void theNamesOfAPlatformBeginWithItsRuntimeFolder() {
        assertThat(SharedMemory.instancePrefix(Optional.of(Path.of("/tmp/reclaim-0/4711"))))
                .isEqualTo("reclaim-0-4711-");
        assertThat(SharedMemory.instancePrefix(Optional.of(Path.of("/tmp/my app/\u00e4"))))
                .isEqualTo("my_app-_-");
        assertThat(SharedMemory.instancePrefix(Optional.empty()))
                .matches("reclaim-[0-9a-f]{16}-")
                .isNotEqualTo(SharedMemory.instancePrefix(Optional.empty()));
    }

    @Test
    void aRuntimeFolderWhoseNameLeavesNoRoomForOthersIsRefused() {
        var longest = Path.of("/tmp", "p".repeat(SharedMemory.MAX_PREFIX_LENGTH / 2 - 1),
                "f".repeat(SharedMemory.MAX_PREFIX_LENGTH / 2 - 1));
        assertThat(SharedMemory.instancePrefix(Optional.of(longest))).hasSize(SharedMemory.MAX_PREFIX_LENGTH);

        var tooLong = Path.of(longest + "f");
        assertThatThrownBy(() -> SharedMemory.instancePrefix(Optional.of(tooLong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("runtimeFolder is '" + tooLong + "', of which the names of shared memory would")
                .hasMessageContaining("', 121 characters, must be at most 120");
    }

    @Test
    void anExistingNameIsRefusedAndLeftAlone() throws Exception {
        SharedMemory.create(name, 1).close();

        assertThatThrownBy(() -> SharedMemory.create(name, 2))
                .asInstanceOf(type(SystemCallException.class))
                .returns(Errno.EEXIST, SystemCallException::errno);

        assertThat(Files.size(file)).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRefusedAndLeavesNothing() {
        assertThatThrownBy(() -> SharedMemory.create(name, 1L << 50))
                .isInstanceOf(SystemCallException.class)
                .hasMessageContaining(name);

        assertThat(file).doesNotExist();
    }

    @Test
    void mappingsOutliveTheirChannelAndTheName() throws Exception {
        try (var arena = Arena.ofConfined()) {
            var channel = SharedMemory.create(name, 8);
            var writer = channel.map(MapMode.READ_WRITE, 0, 8, arena);
            channel.close();
            var readerChannel = SharedMemory.open(name, false);
            var reader = readerChannel.map(MapMode.READ_ONLY, 0, 8, arena);
            assertThatThrownBy(() -> readerChannel.map(MapMode.READ_WRITE, 0, 8, arena))
                    .isInstanceOf(NonWritableChannelException.class);
            readerChannel.close();
            assertThat(SharedMemory.unlink(name)).isTrue();
            assertThat(SharedMemory.unlink(name)).isFalse();

            writer.set(ValueLayout.JAVA_LONG, 0, 42);

            assertThat(reader.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
        }
    }

    @Test
    void anonymousMemoryIsInNoFolderAndKnownByItsLabel() throws Exception {
        try (var arena = Arena.ofConfined(); var channel = SharedMemory.anonymous(name, 1L << 40)) {
            assertThat(channel.map(MapMode.READ_WRITE, 1L << 39, 8, arena).get(ValueLayout.JAVA_LONG, 0)).isZero();
            assertThat(file).doesNotExist();
            assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).anyMatch(line -> line.contains("memfd:" + name));
        }
    }

    @Test
    void whatDoesNotExistCannotBeOpened() {
        assertThatThrownBy(() -> SharedMemory.open(name, true))
                .asInstanceOf(type(SystemCallException.class))
                .returns(Errno.ENOENT, SystemCallException::errno);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/a", "ä", "a b", "a\0b"})
    void wrongNamesAreRefusedBeforeAnythingIsDone(String wrong) {
        assertThatThrownBy(() -> SharedMemory.create(wrong, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.open(wrong, false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.unlink(wrong)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void wrongSizesAreRefusedBeforeAnythingIsDone(long wrong) {
        assertThatThrownBy(() -> SharedMemory.create(name, wrong)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.anonymous(name, wrong)).isInstanceOf(IllegalArgumentException.class);
    }
}
