package org.reclaim.mappings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.TestPlatform;

/** A process ends while threads wait for the disk in {@link Mapping#force()}, and write. */
class ForceWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 30;
    private static final int SIZE = 64 * 4096;

    @TempDir(factory = OnDisk.class)
    private Path folder;

    @ParameterizedTest
    @CsvSource({"HANDLE, false", "PROCESS, false", "HANDLE, true"})
    void whoForcesOrWritesIsToldThatItIsUnmappedAndNothingElse(MemoryLifetime lifetime, boolean virtual)
            throws Exception {
        var file = Files.write(folder.resolve("file"), new byte[SIZE]);
        try (var reclaim = new TestPlatform(); var threads = threads(virtual)) {
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var mapping = reclaim.manager(MmapManager.class)
                        .mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, lifetime)
                        .get();
                var running = new CountDownLatch(THREADS);
                var forcing = new ArrayList<Future<?>>();
                for (int i = 0; i < THREADS; i++) {
                    forcing.add(threads.submit(() -> writeAndForceUntilUnmapped(mapping, running)));
                }
                running.await();

                var outcome = reclaim.end(pid, Mappings.TYPE);

                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                for (var each : forcing) {
                    each.get();
                }
                Pages.assertStale(mapping.segment());
            }
        }
    }

    private static ExecutorService threads(boolean virtual) {
        return virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(THREADS);
    }

    private static Void writeAndForceUntilUnmapped(Mapping mapping, CountDownLatch running) throws Exception {
        for (int i = 0; ; i++) {
            try {
                mapping.segment().set(ValueLayout.JAVA_BYTE, i % SIZE, (byte) i);
                mapping.force();
            } catch (IllegalStateException unmapped) {
                assertThat(mapping.segment().scope().isAlive()).isFalse();
                return null;
            }
            running.countDown();
        }
    }
}
