package org.reclaim.memory.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.api.memory.MemoryManager.DEFAULT_ALIGNMENT;
import static org.reclaim.api.memory.MemoryManager.MAX_ALIGNMENT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.orchestrator.ResourceLimits;

class OffHeapMemoryTest {

    private static final long LIMIT = 1L << 20;

    private final EmbeddedProcessManager reclaim = limitedTo(LIMIT, LIMIT + LIMIT / 2);
    private final MemoryManager memory = reclaim.manager(MemoryManager.class);

    @AfterEach
    void stop() {
        reclaim.close();
    }

    @ParameterizedTest
    @EnumSource
    void blocksAreZeroedAndAlignedAlsoWhereMemoryWasUsedBefore(MemoryLifetime lifetime) {
        for (int round = 0; round < 3; round++) {
            long pid = start();
            for (long alignment = 1; alignment <= MAX_ALIGNMENT; alignment *= 2) {
                var block = memory.allocate(pid, 1000, alignment, lifetime).get();

                assertThat(block.byteSize()).isEqualTo(1000);
                assertThat(block.lifetime()).isEqualTo(lifetime);
                assertThat(block.segment().address() % alignment).isZero();
                assertThat(block.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
                block.segment().fill((byte) 0xFF);
            }
            reclaim.terminate(pid);
        }
    }

    @Test
    void aBlockIsAlignedForEveryPrimitiveTypeAndLivesAsLongAsItsProcessUnlessSaidOtherwise() {
        var block = memory.allocate(start(), 24).get();

        assertThat(block.segment().address() % DEFAULT_ALIGNMENT).isZero();
        assertThat(block.lifetime()).isEqualTo(MemoryLifetime.PROCESS);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheProcessFreesItsBlocksAndStaleSegmentsThrow(MemoryLifetime lifetime) {
        long pid = start();
        var segments = new ArrayList<MemorySegment>();
        for (int i = 0; i < 10; i++) {
            segments.add(memory.allocate(pid, 100, 8, lifetime).get().segment());
        }

        var end = reclaim.terminate(pid);

        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
        assertThat(end.cleanup().stats().byType()).containsEntry("memory", 10L);
        assertThat(end.cleanup().stats().bytesFreed()).isEqualTo(1000);
        assertThat(segments).allSatisfy(OffHeapMemoryTest::assertStale);
    }

    @ParameterizedTest
    @EnumSource
    void freedMemoryGoesBackToTheOperatingSystem(MemoryLifetime lifetime) throws IOException {
        long large = 64L << 20; // so large that the C library always maps memory of its own for it
        try (var generous = limitedTo(large)) {
            long pid = generous.start(ProcessSpec.logical("p")).pid();
            var block = generous.manager(MemoryManager.class).allocate(pid, large, 4096, lifetime).get();
            long address = block.segment().address();
            assertThat(isMapped(address)).isTrue();

            generous.terminate(pid);

            assertThat(isMapped(address)).isFalse();
        }
    }

    @Test
    void closingTheHandleOfABlockWithItsOwnArenaFreesItAtOnce() {
        long pid = start();
        var handle = memory.allocate(pid, LIMIT, 8, MemoryLifetime.HANDLE);
        var segment = handle.get().segment();

        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertStale(segment);
        memory.allocate(pid, LIMIT, 8, MemoryLifetime.HANDLE);
    }

    @Test
    void closingTheHandleOfABlockInTheArenaOfItsProcessGivesNothingBackBeforeTheEnd() {
        long pid = start();
        var handle = memory.allocate(pid, LIMIT);
        var segment = handle.get().segment();

        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isZero();
        assertThatThrownBy(() -> memory.allocate(pid, 1)).isInstanceOf(ResourceLimitException.class);
        var end = reclaim.terminate(pid);
        assertThat(end.cleanup().stats().bytesFreed()).isEqualTo(LIMIT);
        assertStale(segment);
    }

    @Test
    void blocksOfAnotherProcessSurviveAnEnd() {
        long pid = start();
        memory.allocate(pid, 10);
        var other = memory.allocate(start(), 10).get().segment();

        reclaim.terminate(pid);

        other.set(ValueLayout.JAVA_BYTE, 9, (byte) 1);
        assertThat(other.get(ValueLayout.JAVA_BYTE, 9)).isEqualTo((byte) 1);
    }

    @ParameterizedTest
    @EnumSource
    void theLimitOfAProcessIsExactAndARefusalTakesNothing(MemoryLifetime lifetime) {
        long pid = start();
        memory.allocate(pid, LIMIT - 10, 1, lifetime);

        assertThatThrownBy(() -> memory.allocate(pid, 11, 1, lifetime))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessage("memory: 11 bytes requested, %d of the %d bytes that process %d may hold are in use",
                        LIMIT - 10, LIMIT, pid);
        memory.allocate(pid, 10, 1, lifetime);
    }

    @Test
    void theLimitOfThePlatformIsExactAndTheEndOfAProcessGivesItsShareBack() {
        long first = start();
        long second = start();
        memory.allocate(first, LIMIT);
        memory.allocate(second, LIMIT / 2);

        assertThatThrownBy(() -> memory.allocate(second, 1)).isInstanceOf(ResourceLimitException.class);
        reclaim.terminate(first);
        memory.allocate(second, LIMIT / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0})
    void aSizeBelowOneIsRefused(long byteSize) {
        long pid = start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> memory.allocate(pid, byteSize))
                .withMessage("byteSize is " + byteSize + ", must be 1 or more");
        assertThat(reclaim.terminate(pid).cleanup().outcomes()).extracting("status").containsOnly(Status.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -16, 0, 3, 48, MAX_ALIGNMENT * 2})
    void anAlignmentThatIsNoPowerOfTwoInRangeIsRefused(long alignment) {
        long pid = start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> memory.allocate(pid, 8, alignment, MemoryLifetime.PROCESS))
                .withMessageStartingWith("alignment is " + alignment + ", must be a power of two from 1 to ");
        assertThat(reclaim.terminate(pid).cleanup().outcomes()).extracting("status").containsOnly(Status.EMPTY);
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndTakeNothing(MemoryLifetime lifetime) {
        long ended = start();
        reclaim.terminate(ended);

        assertThatThrownBy(() -> memory.allocate(ended + 1, LIMIT, 8, lifetime))
                .isInstanceOf(NoSuchProcessException.class);
        assertThatThrownBy(() -> memory.allocate(ended, LIMIT, 8, lifetime))
                .isInstanceOf(ProcessEndedException.class);
        memory.allocate(start(), LIMIT, 8, lifetime);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheOperatingSystemRefusesIsNotCounted(MemoryLifetime lifetime) {
        long more = 1L << 47; // than a 64-bit process can address
        try (var generous = limitedTo(more)) {
            long pid = generous.start(ProcessSpec.logical("p")).pid();
            var manager = generous.manager(MemoryManager.class);

            assertThatThrownBy(() -> manager.allocate(pid, more, 8, lifetime)).isInstanceOf(OutOfMemoryError.class);

            manager.allocate(pid, 8, 8, lifetime);
            assertThat(generous.terminate(pid).cleanup().stats().bytesFreed()).isEqualTo(8);
        }
    }

    private long start() {
        return reclaim.start(ProcessSpec.logical("p")).pid();
    }

    private static EmbeddedProcessManager limitedTo(long bytes) {
        return limitedTo(bytes, bytes);
    }

    private static EmbeddedProcessManager limitedTo(long perProcess, long inTotal) {
        return ProcessManagers.builder().limits("memory", new ResourceLimits(perProcess, inTotal)).build();
    }

    private static void assertStale(MemorySegment segment) {
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    private static boolean isMapped(long address) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.map(line -> line.split("[- ]"))
                    .anyMatch(range -> Long.parseUnsignedLong(range[0], 16) <= address
                            && address < Long.parseUnsignedLong(range[1], 16));
        }
    }
}
