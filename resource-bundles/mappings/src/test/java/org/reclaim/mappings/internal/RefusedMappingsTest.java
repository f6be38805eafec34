package org.reclaim.mappings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.api.mapping.Protection.READ_ONLY;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** What can't be mapped: each refusal says why, and leaves nothing. */
@EnabledOnOs(OS.LINUX)
class RefusedMappingsTest {

    private static final int SIZE = 1000;
    private static final long LIMIT = 10 * SIZE;

    @TempDir
    private Path folder;

    private Path file;
    private final TestPlatform reclaim =
            new TestPlatform(builder -> builder.limits(Mappings.TYPE, new ResourceLimits(LIMIT, LIMIT)));
    private final MmapManager mappings = reclaim.manager(MmapManager.class);
    private final long pid = reclaim.start();

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[SIZE]);
    }

    /** Nothing is held, open or mapped, no byte is missing, and the file is what it was. */
    @AfterEach
    void assertNothingLeft() throws IOException {
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
        assertThat(Kernel.descriptors().values()).noneMatch(target -> target.startsWith(folder.toString()));
        assertThat(Kernel.mappings(folder.toString())).isEmpty();
        assertThat(file).hasSize(SIZE);
        mappings.mapAnonymous(pid, LIMIT, SHARED, READ_WRITE).close();
        assertThat(reclaim.end(pid, Mappings.TYPE).stats().resourcesFreed()).isZero();
        reclaim.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void aSizeBelowOne(long byteSize) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mappings.mapFile(pid, file, 0, byteSize, SHARED, READ_WRITE))
                .withMessage("byteSize is " + byteSize + ", must be 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mappings.mapAnonymous(pid, byteSize, SHARED, READ_WRITE))
                .withMessage("byteSize is " + byteSize + ", must be 1 or more");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1})
    void anOffsetBelowZero(long offset) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mappings.mapFile(pid, file, offset, 1, SHARED, READ_WRITE))
                .withMessage("offset is " + offset + ", must be 0 or more");
    }

    @ParameterizedTest
    @CsvSource({Long.MAX_VALUE + ", 1", "1, " + Long.MAX_VALUE, Long.MAX_VALUE + ", " + Long.MAX_VALUE})
    void anEndBeyondAllNumbers(long offset, long byteSize) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mappings.mapFile(pid, file, offset, byteSize, SHARED, READ_WRITE))
                .withMessage("offset is %d and byteSize %d, their sum must be at most %d", offset, byteSize,
                        Long.MAX_VALUE);
    }

    @Test
    void anEndBeyondAllThatAFileCanHave() {
        assertThatThrownBy(() -> mappings.mapFile(pid, file, Long.MAX_VALUE - 1, 1, SHARED, READ_WRITE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Mapping 1 bytes from offset " + (Long.MAX_VALUE - 1) + " of " + file + ": ")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aMissingParameter() {
        assertThatNullPointerException()
                .isThrownBy(() -> mappings.mapFile(pid, file, 0, 1, null, READ_ONLY))
                .withMessage("sharing");
        assertThatNullPointerException()
                .isThrownBy(() -> mappings.mapFile(pid, file, 0, 1, SHARED, null))
                .withMessage("protection");
        assertThatNullPointerException()
                .isThrownBy(() -> mappings.mapAnonymous(pid, 1, SHARED, READ_ONLY, null))
                .withMessage("lifetime");
        assertThatNullPointerException()
                .isThrownBy(() -> mappings.mapFile(pid, null, 0, 1, SHARED, READ_ONLY))
                .withMessage("path");
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsNotThereAndNoneIsMade(Protection protection) {
        var absent = folder.resolve("absent");

        assertThatThrownBy(() -> mappings.mapFile(pid, absent, 0, 1, SHARED, protection))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(absent.toString());

        assertThat(absent).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aDirectory(Protection protection) {
        assertThatThrownBy(() -> mappings.mapFile(pid, folder, 0, 1, SHARED, protection))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(folder + ": is a directory, only a regular file can be mapped");
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
    void aNamedPipeWithoutWaitingForItsOtherEnd(Protection protection) throws Exception {
        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        assertThatThrownBy(() -> mappings.mapFile(pid, pipe, 0, 1, SHARED, protection))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(pipe + ": is a pipe, socket or device, only a regular file can be mapped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/dev/null"})
    void aDevice(String device) {
        assertThatThrownBy(() -> mappings.mapFile(pid, Path.of(device), 0, 1, PRIVATE, READ_WRITE))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(device + ": is a pipe, socket or device, only a regular file can be mapped");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1001, SHARED, READ_ONLY", "0, 1001, PRIVATE, READ_ONLY", "0, 1001, PRIVATE, READ_WRITE",
        "1000, 1, SHARED, READ_ONLY", "999, 2, PRIVATE, READ_WRITE", "5000, 10, PRIVATE, READ_WRITE"
    })
    void aRegionBeyondTheEndThatMustNotExtendTheFile(
            long offset, long byteSize, Sharing sharing, Protection protection) {
        assertThatThrownBy(() -> mappings.mapFile(pid, file, offset, byteSize, sharing, protection))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(file + ": has 1000 bytes, too few for " + byteSize + " bytes from offset " + offset
                        + "; only a shared writable mapping extends a file");
    }

    @Test
    void aPathOfAnotherFileSystem() throws Exception {
        var archive = URI.create("jar:" + folder.resolve("archive.zip").toUri());
        try (var zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            var inside = Files.write(zip.getPath("/inside"), new byte[1]);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> mappings.mapFile(pid, inside, 0, 1, SHARED, READ_ONLY))
                    .withMessageContaining("must be of the default file system");
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreThanTheLimit(MemoryLifetime lifetime) throws Exception {
        long other = reclaim.start();
        mappings.mapAnonymous(other, LIMIT - 10, SHARED, READ_WRITE, lifetime);

        assertThatThrownBy(() -> mappings.mapFile(other, file, 0, 11, SHARED, READ_ONLY, lifetime))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessage("mappings: 11 bytes requested, %d of the %d bytes that process %d may hold are in use",
                        LIMIT - 10, LIMIT, other);

        mappings.mapFile(other, file, 0, 10, SHARED, READ_ONLY, lifetime);
        reclaim.end(other);
    }

    @ParameterizedTest
    @EnumSource
    void aThreadThatIsInterruptedWhichItStays(MemoryLifetime lifetime) {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> mappings.mapFile(pid, file, 0, 1, SHARED, READ_WRITE, lifetime))
                .isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(() -> mappings.mapAnonymous(pid, 1, SHARED, READ_WRITE, lifetime))
                .isInstanceOf(ClosedByInterruptException.class);

        assertThat(Thread.interrupted()).isTrue();
    }
}
