package org.reclaim.memory.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.memory.MemoryBlock;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.InterposedProvider;

/** A process ends while memory is allocated for it: at chosen moments, and by force. */
class AllocateWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 100;
    private static final int ENOUGH = 20;
    private static final long LIMIT = 64L << 20;

    @ParameterizedTest
    @CsvSource({"reserve, PROCESS", "reserve, HANDLE", "one, PROCESS"})
    void memoryThatCameTooLateIsFreedAndRefused(String moment, MemoryLifetime lifetime) throws Exception {
        var pid = new AtomicLong();
        var end = new AtomicReference<Runnable>();
        try (var reclaim = ProcessManagers.builder()
                .with(new InterposedProvider(new MemoryProvider(), moment, () -> end.get().run()))
                .limits("memory", new ResourceLimits(LIMIT, LIMIT))
                .build()) {
            end.set(() -> reclaim.terminate(pid.get()));
            long before = residentKibibytes();
            for (int i = 0; i < 3; i++) {
                pid.set(reclaim.start(ProcessSpec.logical("p")).pid());

                assertThatThrownBy(() -> reclaim.manager(MemoryManager.class).allocate(pid.get(), LIMIT, 8, lifetime))
                        .isInstanceOf(ProcessEndedException.class);
            }
            // Each of them, zeroed, would be more.
            assertThat(residentKibibytes() - before).isLessThan(LIMIT / 1024 / 2);
        }
    }

    private static long residentKibibytes() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                    .sum();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBlockIsFreedOrRefused(MemoryLifetime lifetime) throws Exception {
        try (var reclaim = ProcessManagers.builder()
                        .limits("memory", new ResourceLimits(LIMIT, LIMIT))
                        .build();
                var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int number = 1; number <= ROUNDS; number++) {
                var round = new Round(reclaim, lifetime, number % 50);
                var allocated = new ArrayList<Future<List<MemorySegment>>>();
                for (int i = 0; i < THREADS; i++) {
                    allocated.add(threads.submit(round::allocateUntilRefused));
                }

                var cleanup = round.end().get().cleanup();

                for (var segments : allocated) {
                    assertThat(segments.get()).noneMatch(segment -> segment.scope().isAlive());
                }
                assertThat(cleanup.isSuccess()).as("%s", cleanup).isTrue();
                assertThat(cleanup.stats().resourcesFreed()).isEqualTo(round.allocations().get());
            }
            // A byte that one of the rounds had lost would be missing now.
            long pid = reclaim.start(ProcessSpec.logical("last")).pid();
            reclaim.manager(MemoryManager.class).allocate(pid, LIMIT, 8, lifetime);
        }
    }

    /**
     * One process. When all threads are at it, the one that makes a certain allocation ends it, while the others go on.
     */
    private record Round(
            EmbeddedProcessManager reclaim,
            MemoryManager memory,
            MemoryLifetime lifetime,
            long pid,
            int last,
            CountDownLatch running,
            AtomicInteger allocations,
            AtomicBoolean ending,
            CompletableFuture<ProcessEnd> end) {

        Round(EmbeddedProcessManager reclaim, MemoryLifetime lifetime, int last) {
            this(
                    reclaim,
                    reclaim.manager(MemoryManager.class),
                    lifetime,
                    reclaim.start(ProcessSpec.logical("p")).pid(),
                    last,
                    new CountDownLatch(THREADS),
                    new AtomicInteger(),
                    new AtomicBoolean(),
                    new CompletableFuture<>());
        }

        List<MemorySegment> allocateUntilRefused() {
            var segments = new ArrayList<MemorySegment>();
            while (true) {
                ResourceHandle<MemoryBlock> handle;
                try {
                    handle = memory.allocate(pid, 32, 8, lifetime);
                } catch (ProcessEndedException refused) {
                    return segments;
                }
                int before = allocations.getAndIncrement();
                try {
                    segments.add(handle.get().segment());
                } catch (IllegalStateException ended) {
                    continue; // before it was looked at; the next one is refused
                }
                if (segments.size() == 1) {
                    running.countDown();
                } else if (segments.size() > ENOUGH) {
                    LockSupport.parkNanos(1_000_000); // freeing them is what takes time
                }
                if (before >= last && running.getCount() == 0 && ending.compareAndSet(false, true)) {
                    end.complete(reclaim.terminate(pid));
                }
            }
        }
    }
}
