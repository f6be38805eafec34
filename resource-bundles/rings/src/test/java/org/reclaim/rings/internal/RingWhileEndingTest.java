package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.testing.InterposedProvider;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
@EnabledOnOs(OS.LINUX)
class RingWhileEndingTest {

    private static final int CAPACITY = 4096;
    private static final int THREADS = 4;
    private static final int ENOUGH = 100;
    private static final int ROUNDS = 30;

    /** One way, with the name of a ring that is there if it is to be. */
    enum Way {
        CREATE_PRODUCER {
            @Override
            ResourceHandle<?> acquire(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.createProducer(pid, name, CAPACITY);
            }
        },
        CREATE_CONSUMER {
            @Override
            ResourceHandle<?> acquire(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.createConsumer(pid, name, CAPACITY);
            }
        },
        ATTACH_PRODUCER {
            @Override
            ResourceHandle<?> prepare(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.createConsumer(pid, name, CAPACITY);
            }

            @Override
            ResourceHandle<?> acquire(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.attachProducer(pid, name);
            }
        },
        ATTACH_CONSUMER {
            @Override
            ResourceHandle<?> prepare(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.createProducer(pid, name, CAPACITY);
            }

            @Override
            ResourceHandle<?> acquire(ZeroCopyIpc rings, long pid, String name) throws IOException {
                return rings.attachConsumer(pid, name);
            }
        };

        /** Makes what is needed, in another process; null if nothing is. */
        ResourceHandle<?> prepare(ZeroCopyIpc rings, long pid, String name) throws IOException {
            return null;
        }

        abstract ResourceHandle<?> acquire(ZeroCopyIpc rings, long pid, String name) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) throws Exception {
        var reclaim = new RingPlatform();
        try (reclaim) {
            long other = reclaim.start();
            way.prepare(reclaim.rings(), other, "r");
            int before = reclaim.sharedMemory().size();
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(reclaim.rings(), ended + 1, "r"))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(reclaim.rings(), ended, "r"))
                    .isInstanceOf(ProcessEndedException.class);

            assertThat(reclaim.sharedMemory()).hasSize(before);
            way.acquire(reclaim.rings(), reclaim.start(), "r");
        }
        reclaim.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedLeavesNothingAndTakesNoSide(Way way) throws Exception {
        var happening = new AtomicReference<Runnable>(() -> {});
        var reclaim = new RingPlatform((builder, type) ->
                builder.with(new InterposedProvider(type, "reserve", () -> happening.get().run())));
        try (reclaim) {
            long other = reclaim.start();
            way.prepare(reclaim.rings(), other, "r");
            int before = reclaim.sharedMemory().size();
            long pid = reclaim.start();
            happening.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.acquire(reclaim.rings(), pid, "r"))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            happening.set(() -> {});
            assertThat(reclaim.sharedMemory()).hasSize(before);
            way.acquire(reclaim.rings(), reclaim.start(), "r");
        }
        reclaim.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource
    void everyAcquisitionIsFreedOrRefused(Way way) throws Exception {
        var reclaim = new RingPlatform();
        try (reclaim; var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                long other = reclaim.start();
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<Integer> acquiring = () -> acquireUntilRefused(
                        reclaim.rings(), way, other, pid, running, ended);
                var acquired = new ArrayList<Future<Integer>>();
                for (int i = 0; i < THREADS; i++) {
                    acquired.add(threads.submit(acquiring));
                }
                running.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.end(pid);
                } finally {
                    ended.countDown();
                }

                int count = 0;
                for (var each : acquired) {
                    count += each.get();
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertThat(outcome.stats().resourcesFreed()).isEqualTo(count);
                reclaim.end(other);
                reclaim.assertNothingLeft();
            }
        }
    }

    private static int acquireUntilRefused(
            ZeroCopyIpc rings, Way way, long other, long pid, CountDownLatch running, CountDownLatch ended)
            throws Exception {
        int acquired = 0;
        try {
            while (true) {
                var name = UUID.randomUUID().toString();
                way.prepare(rings, other, name);
                way.acquire(rings, pid, name);
                acquired++;
                if (acquired == 2) {
                    running.countDown();
                } else if (acquired == ENOUGH) {
                    ended.await();
                }
            }
        } catch (ProcessEndedException refused) {
            return acquired;
        }
    }
}
