package org.reclaim.mappings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.api.mapping.Protection.READ_ONLY;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.InterposedProvider;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** All ways to map: refused at once or when the process has ended meanwhile, at chosen moments and by force. */
@EnabledOnOs(OS.LINUX)
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 20;
    private static final int ROUNDS = 30;
    private static final int SIZE = 10_000;
    private static final long LIMIT = 100L * THREADS * SIZE;

    /** One way. */
    enum Way {
        SHARED_FILE {
            @Override
            ResourceHandle<Mapping> map(MmapManager mappings, long pid, Path file, MemoryLifetime lifetime)
                    throws IOException {
                return mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, lifetime);
            }
        },
        READ_ONLY_FILE {
            @Override
            ResourceHandle<Mapping> map(MmapManager mappings, long pid, Path file, MemoryLifetime lifetime)
                    throws IOException {
                return mappings.mapFile(pid, file, 0, SIZE, PRIVATE, READ_ONLY, lifetime);
            }
        },
        ANONYMOUS {
            @Override
            ResourceHandle<Mapping> map(MmapManager mappings, long pid, Path file, MemoryLifetime lifetime)
                    throws IOException {
                return mappings.mapAnonymous(pid, SIZE, SHARED, READ_WRITE, lifetime);
            }
        };

        abstract ResourceHandle<Mapping> map(MmapManager mappings, long pid, Path file, MemoryLifetime lifetime)
                throws IOException;
    }

    static Stream<Arguments> ways() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(MemoryLifetime.values()).map(lifetime -> Arguments.of(way, lifetime)));
    }

    static Stream<Arguments> moments() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(
                Arguments.of(way, MemoryLifetime.HANDLE, "reserve"),
                Arguments.of(way, MemoryLifetime.PROCESS, "reserve"),
                Arguments.of(way, MemoryLifetime.PROCESS, "one")));
    }

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[SIZE]);
        assertThat(Kernel.mappings("memfd:reclaim-")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way, MemoryLifetime lifetime) {
        try (var reclaim = new TestPlatform()) {
            var mappings = reclaim.manager(MmapManager.class);
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.map(mappings, ended + 1, file, lifetime))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.map(mappings, ended, file, lifetime))
                    .isInstanceOf(ProcessEndedException.class);

            assertNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("moments")
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way, MemoryLifetime lifetime, String moment) {
        var end = new AtomicReference<Runnable>();
        var provider = new InterposedProvider(new MappingsProvider(), moment, () -> end.get().run());
        try (var reclaim = new TestPlatform(provider)) {
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.map(reclaim.manager(MmapManager.class), pid, file, lifetime))
                    .isInstanceOf(ProcessEndedException.class);

            assertNothingLeft();
            assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void everyMappingIsFreedOrRefused(Way way, MemoryLifetime lifetime) throws Exception {
        try (var reclaim = new TestPlatform(
                        builder -> builder.limits(Mappings.TYPE, new ResourceLimits(LIMIT, LIMIT)));
                var threads = Executors.newFixedThreadPool(THREADS)) {
            var mappings = reclaim.manager(MmapManager.class);
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<List<MemorySegment>> mapping =
                        () -> mapUntilRefused(mappings, way, pid, lifetime, running, ended);
                var mapped = new ArrayList<Future<List<MemorySegment>>>();
                for (int i = 0; i < THREADS; i++) {
                    mapped.add(threads.submit(mapping));
                }
                running.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.end(pid, Mappings.TYPE);
                } finally {
                    ended.countDown();
                }

                int count = 0;
                for (var segments : mapped) {
                    count += segments.get().size();
                    assertThat(segments.get()).noneMatch(segment -> segment.scope().isAlive());
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertThat(outcome.stats().resourcesFreed()).isEqualTo(count);
                assertThat(outcome.stats().bytesFreed()).isEqualTo((long) count * SIZE);
                assertNothingLeft();
            }
            // A byte that one of the rounds had lost would be missing now.
            mappings.mapAnonymous(reclaim.start(), LIMIT, SHARED, READ_WRITE, lifetime);
        }
    }

    private List<MemorySegment> mapUntilRefused(
            MmapManager mappings,
            Way way,
            long pid,
            MemoryLifetime lifetime,
            CountDownLatch running,
            CountDownLatch ended)
            throws Exception {
        var segments = new ArrayList<MemorySegment>();
        try {
            while (true) {
                var handle = way.map(mappings, pid, file, lifetime);
                // Of a process that has ended since, the handle gives nothing: it counts all the same.
                segments.add(segmentOf(handle));
                if (segments.size() == 2) {
                    running.countDown();
                } else if (segments.size() == ENOUGH) {
                    ended.await(); // forcing and unmapping them is what takes time
                }
            }
        } catch (ProcessEndedException refused) {
            return segments;
        }
    }

    private static MemorySegment segmentOf(ResourceHandle<Mapping> handle) {
        try {
            return handle.get().segment();
        } catch (IllegalStateException ended) {
            return STALE;
        }
    }

    private static final MemorySegment STALE = stale();

    private static MemorySegment stale() {
        try (var arena = Arena.ofConfined()) {
            return arena.allocate(1);
        }
    }

    private void assertNothingLeft() {
        assertThat(Kernel.mappings(folder.toString())).isEmpty();
        assertThat(Kernel.mappings("memfd:reclaim-")).isEmpty();
        assertThat(Kernel.descriptors().values())
                .noneMatch(target -> target.startsWith(folder.toString()) || target.contains("memfd:reclaim-"));
    }
}
