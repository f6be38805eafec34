package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.reclaim.api.mapping.Protection.READ_ONLY;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

@EnabledOnOs(OS.LINUX)
class AnonymousMappingsTest {

    private static final int SIZE = 10_000;

    private final TestPlatform reclaim = new TestPlatform();
    private final MmapManager mappings = reclaim.manager(MmapManager.class);

    @AfterEach
    void stop() {
        reclaim.close();
    }

    @ParameterizedTest
    @CsvSource({
        "SHARED, READ_WRITE, HANDLE, rw-s", "PRIVATE, READ_WRITE, HANDLE, rw-p", "SHARED, READ_WRITE, PROCESS, rw-s",
        "PRIVATE, READ_WRITE, PROCESS, rw-p", "SHARED, READ_ONLY, HANDLE, r--s", "PRIVATE, READ_ONLY, PROCESS, r--s"
    })
    void aRegionIsZeroedKnownToTheKernelAndUnmappedAtTheEnd(
            Sharing sharing, Protection protection, MemoryLifetime lifetime, String mode) throws Exception {
        long pid = reclaim.start();
        int objects = Kernel.sharedMemory().size();
        var mapping = mappings.mapAnonymous(pid, SIZE, sharing, protection, lifetime).get();

        assertThat(mapping.path()).isEmpty();
        assertThat(mapping.offset()).isZero();
        assertThat(mapping.byteSize()).isEqualTo(SIZE);
        assertThat(mapping.lifetime()).isEqualTo(lifetime);
        assertThat(mapping.segment().toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(Pages.mode(mapping.segment())).contains(mode);
        assertThat(regionsOf(pid)).isEqualTo(1);
        assertThat(Kernel.sharedMemory()).hasSize(objects);
        assertThat(Kernel.descriptors().values()).noneMatch(target -> target.contains(name(pid)));

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(SIZE);
        assertThat(regionsOf(pid)).isZero();
        Pages.assertStale(mapping.segment());
    }

    @ParameterizedTest
    @EnumSource
    void aWritableRegionKeepsWhatIsWritten(Sharing sharing) throws Exception {
        var segment = mappings.mapAnonymous(reclaim.start(), SIZE, sharing, READ_WRITE).get().segment();

        segment.fill((byte) 42);

        assertThat(segment.toArray(JAVA_BYTE)).containsOnly(42);
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyRegionRefusesToBeWrittenTo(Sharing sharing) throws Exception {
        var segment = mappings.mapAnonymous(reclaim.start(), SIZE, sharing, READ_ONLY).get().segment();

        assertThatIllegalArgumentException().isThrownBy(() -> segment.set(JAVA_BYTE, 0, (byte) 1));
    }

    @Test
    void closingTheHandleUnmapsAtOnce() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapAnonymous(pid, SIZE, SHARED, READ_WRITE);
        var segment = handle.get().segment();

        handle.close();

        assertThat(regionsOf(pid)).isZero();
        Pages.assertStale(segment);
        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTooLargeForTheKernelIsRefusedAndNotCounted(MemoryLifetime lifetime) throws Exception {
        long pid = reclaim.start();
        for (long byteSize : new long[] {1L << 47, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> mappings.mapAnonymous(pid, byteSize, SHARED, READ_WRITE, lifetime))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(" ");
        }
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
        assertThat(Kernel.descriptors().values()).noneMatch(target -> target.contains(name(pid)));
        mappings.mapAnonymous(pid, 10, SHARED, READ_WRITE, lifetime);
        assertThat(reclaim.end(pid, Mappings.TYPE).stats().bytesFreed()).isEqualTo(10);
    }

    @Test
    void aRegionIsShownByItsSizeAddressAndMode() throws Exception {
        long pid = reclaim.start();
        long address = mappings.mapAnonymous(pid, 100, PRIVATE, READ_WRITE).get().segment().address();

        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label, ResourceInfo::bytes)
                .containsExactly(tuple(
                        "anonymous, 100 bytes at 0x" + Long.toHexString(address) + ", PRIVATE READ_WRITE", 100L));
    }

    private static String name(long pid) {
        return "memfd:reclaim-" + pid + " ";
    }

    private static int regionsOf(long pid) {
        return Kernel.mappings(name(pid)).size();
    }
}
