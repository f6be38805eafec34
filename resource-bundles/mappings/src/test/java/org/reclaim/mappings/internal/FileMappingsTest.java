package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.api.mapping.Protection.READ_ONLY;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

@EnabledOnOs(OS.LINUX)
class FileMappingsTest {

    private static final int SIZE = 10_000;

    @TempDir
    private Path folder;

    private Path file;
    private final TestPlatform reclaim = new TestPlatform();
    private final MmapManager mappings = reclaim.manager(MmapManager.class);

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("a file"), content());
    }

    @AfterEach
    void stop() {
        reclaim.close();
    }

    @ParameterizedTest
    @CsvSource({
        "SHARED, READ_ONLY, HANDLE, r--s", "SHARED, READ_WRITE, HANDLE, rw-s", "PRIVATE, READ_ONLY, HANDLE, r--s",
        "PRIVATE, READ_WRITE, HANDLE, rw-p", "SHARED, READ_WRITE, PROCESS, rw-s", "PRIVATE, READ_WRITE, PROCESS, rw-p"
    })
    void theEndOfTheProcessUnmapsWhatItHasMapped(
            Sharing sharing, Protection protection, MemoryLifetime lifetime, String mode) throws Exception {
        long pid = reclaim.start();
        var segments = new ArrayList<MemorySegment>();
        for (int i = 0; i < 5; i++) {
            var mapping = mappings.mapFile(pid, file, 0, SIZE, sharing, protection, lifetime).get();
            assertThat(mapping.sharing()).isEqualTo(sharing);
            assertThat(mapping.protection()).isEqualTo(protection);
            assertThat(mapping.lifetime()).isEqualTo(lifetime);
            assertThat(mapping.byteSize()).isEqualTo(SIZE);
            assertThat(mapping.path()).contains(file);
            assertThat(mapping.segment().toArray(JAVA_BYTE)).isEqualTo(content());
            assertThat(Pages.mode(mapping.segment())).contains(mode);
            segments.add(mapping.segment());
        }
        assertThat(Kernel.mappings(file.toString())).isNotEmpty();
        assertThat(Kernel.descriptors()).doesNotContainValue(file.toString());

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(5);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(5 * SIZE);
        assertThat(Kernel.mappings(file.toString())).isEmpty();
        assertThat(segments).allSatisfy(Pages::assertStale);
        assertThat(file).hasBinaryContent(content());
    }

    @Test
    void whatIsWrittenToASharedMappingIsInTheFileAndInOtherMappings() throws Exception {
        long pid = reclaim.start();
        var writer = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE).get().segment();
        var reader = mappings.mapFile(reclaim.start(), file, 0, SIZE, SHARED, READ_ONLY).get().segment();

        writer.set(JAVA_BYTE, 7, (byte) 42);

        assertThat(reader.get(JAVA_BYTE, 7)).isEqualTo((byte) 42);
        assertThat(Files.readAllBytes(file)[7]).isEqualTo((byte) 42);
        reclaim.end(pid);
        assertThat(Files.readAllBytes(file)[7]).isEqualTo((byte) 42);
        assertThat(reader.get(JAVA_BYTE, 7)).isEqualTo((byte) 42);
    }

    @Test
    void whatIsWrittenToAPrivateMappingIsNowhereElse() throws Exception {
        long pid = reclaim.start();
        var writer = mappings.mapFile(pid, file, 0, SIZE, PRIVATE, READ_WRITE).get().segment();
        var reader = mappings.mapFile(pid, file, 0, SIZE, PRIVATE, READ_WRITE).get().segment();

        writer.set(JAVA_BYTE, 7, (byte) 42);

        assertThat(writer.get(JAVA_BYTE, 7)).isEqualTo((byte) 42);
        assertThat(reader.toArray(JAVA_BYTE)).isEqualTo(content());
        reclaim.end(pid);
        assertThat(file).hasBinaryContent(content());
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyMappingRefusesToBeWrittenTo(Sharing sharing) throws Exception {
        var segment = mappings.mapFile(reclaim.start(), file, 0, SIZE, sharing, READ_ONLY).get().segment();

        assertThat(segment.isReadOnly()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> segment.set(JAVA_BYTE, 0, (byte) 1));
        assertThat(file).hasBinaryContent(content());
    }

    @Test
    void aReadOnlyViewOfAWritableMappingRefusesToBeWrittenToAndGoesStaleWithIt() throws Exception {
        long pid = reclaim.start();
        var view = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE).get().segment().asReadOnly();
        assertThatIllegalArgumentException().isThrownBy(() -> view.set(JAVA_BYTE, 0, (byte) 1));

        reclaim.end(pid);

        Pages.assertStale(view);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4096, 4097, SIZE - 1})
    void aRegionMayBeginAnywhere(long offset) throws Exception {
        long pid = reclaim.start();
        for (var sharing : Sharing.values()) {
            for (var protection : Protection.values()) {
                var mapping = mappings.mapFile(pid, file, offset, SIZE - offset, sharing, protection).get();

                assertThat(mapping.offset()).isEqualTo(offset);
                assertThat(mapping.byteSize()).isEqualTo(SIZE - offset);
                assertThat(mapping.segment().get(JAVA_BYTE, 0)).isEqualTo(content()[(int) offset]);
            }
        }
        var writable = mappings.mapFile(pid, file, offset, 1, SHARED, READ_WRITE).get();
        writable.segment().set(JAVA_BYTE, 0, (byte) -1);
        writable.force();
        assertThat(Files.readAllBytes(file)[(int) offset]).isEqualTo((byte) -1);
        assertThatThrownBy(() -> writable.segment().get(JAVA_BYTE, 1)).isInstanceOf(IndexOutOfBoundsException.class);

        assertThat(reclaim.end(pid, Mappings.TYPE).stats().bytesFreed()).isEqualTo(4 * (SIZE - offset) + 1);
        assertThat(Kernel.mappings(file.toString())).isEmpty();
    }

    @Test
    void aSharedWritableRegionBeyondTheEndExtendsTheFile() throws Exception {
        var segment = mappings.mapFile(reclaim.start(), file, SIZE - 1, 5000, SHARED, READ_WRITE).get().segment();

        assertThat(file).hasSize(SIZE - 1 + 5000);
        assertThat(segment.get(JAVA_BYTE, 0)).isEqualTo(content()[SIZE - 1]);
        assertThat(segment.asSlice(1).toArray(JAVA_BYTE)).containsOnly(0);
        segment.set(JAVA_BYTE, 4999, (byte) 42);
        assertThat(Files.readAllBytes(file)[SIZE - 1 + 4999]).isEqualTo((byte) 42);
    }

    @Test
    void aLinkIsFollowedAndTheMappingIsKnownByThePathItWasAskedBy() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("link"), file);

        var mapping = mappings.mapFile(reclaim.start(), link, 0, SIZE, SHARED, READ_ONLY).get();

        assertThat(mapping.path()).contains(link);
        assertThat(mapping.segment().toArray(JAVA_BYTE)).isEqualTo(content());
    }

    @Test
    void aMappingOutlivesItsFile() throws Exception {
        long pid = reclaim.start();
        var segment = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE).get().segment();

        Files.delete(file);

        segment.set(JAVA_BYTE, 0, (byte) 42);
        assertThat(segment.get(JAVA_BYTE, 0)).isEqualTo((byte) 42);
        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.mappings(file.toString())).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void closingTheHandleUnmapsAtOnceAndOnce() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        var mapping = handle.get();
        mapping.segment().set(JAVA_BYTE, 0, (byte) 42);

        handle.close();
        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        Pages.assertStale(mapping.segment());
        assertThatThrownBy(mapping::force).isInstanceOf(IllegalStateException.class);
        assertThat(Kernel.mappings(file.toString())).isEmpty();
        assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 42);
        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void closingTheHandleOfAMappingInTheArenaOfItsProcessGivesNothingBackBeforeTheEnd() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS);
        var segment = handle.get().segment();

        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(segment.get(JAVA_BYTE, 0)).isEqualTo(content()[0]);
        assertThat(reclaim.end(pid, Mappings.TYPE).stats().bytesFreed()).isEqualTo(SIZE);
        Pages.assertStale(segment);
        assertThat(Kernel.mappings(file.toString())).isEmpty();
    }

    @Test
    void mappingsOfAnotherProcessSurviveAnEnd() throws Exception {
        long pid = reclaim.start();
        mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        var other = mappings.mapFile(reclaim.start(), file, 0, SIZE, SHARED, READ_WRITE).get().segment();

        reclaim.end(pid);

        assertThat(other.toArray(JAVA_BYTE)).isEqualTo(content());
    }

    @Test
    void aMappingIsShownByItsFileRegionAddressAndMode() throws Exception {
        long pid = reclaim.start();
        long address = mappings.mapFile(pid, file, 5, 100, SHARED, READ_WRITE).get().segment().address();

        assertThat(reclaim.processes().inventory().resources(pid))
                .containsExactly(new ResourceInfo(
                        "mappings",
                        file + ", 100 bytes from offset 5 at 0x" + Long.toHexString(address) + ", SHARED READ_WRITE",
                        100,
                        ResourceInfo.State.LIVE));
    }

    private static byte[] content() {
        var bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) (i % 100 + 1);
        }
        return bytes;
    }
}
