package org.reclaim.ipc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.MemoryAccess;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.api.ipc.Topic;
import org.reclaim.testing.InterposedProvider;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
@EnabledOnOs(OS.LINUX)
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 100;
    private static final int ROUNDS = 50;
    private static final QueueLimits LIMITS = new QueueLimits(2, 10);

    /** One way. */
    enum Way {
        CREATE_QUEUE {
            @Override
            void acquire(IpcManager ipc, long pid) {
                ipc.createQueue(pid, anyName(), QueueOrder.FIFO, LIMITS);
            }
        },
        OPEN_QUEUE {
            @Override
            void acquire(IpcManager ipc, long pid) {
                ipc.openQueue(pid, "q", QueueAccess.SEND);
            }
        },
        CREATE_TOPIC {
            @Override
            void acquire(IpcManager ipc, long pid) {
                ipc.createTopic(pid, anyName(), 10);
            }
        },
        OPEN_TOPIC {
            @Override
            void acquire(IpcManager ipc, long pid) {
                ipc.openTopic(pid, "t");
            }
        },
        SUBSCRIBE {
            @Override
            void acquire(IpcManager ipc, long pid) {
                ipc.subscribe(pid, "t", 2);
            }
        },
        CREATE_PIPE {
            @Override
            void acquire(IpcManager ipc, long pid) throws IOException {
                ipc.createPipe(pid, pid);
            }

            @Override
            int resources() {
                return 2;
            }
        },
        CREATE_SHARED_MEMORY {
            @Override
            void acquire(IpcManager ipc, long pid) throws IOException {
                ipc.createSharedMemory(pid, anyName(), 10);
            }
        },
        ATTACH_SHARED_MEMORY {
            @Override
            void acquire(IpcManager ipc, long pid) throws IOException {
                ipc.attachSharedMemory(pid, "m", MemoryAccess.READ_WRITE);
            }
        };

        abstract void acquire(IpcManager ipc, long pid) throws IOException;

        int resources() {
            return 1;
        }

        private static String anyName() {
            return UUID.randomUUID().toString();
        }
    }

    /** What another process has created, for those ways that open something. */
    private record Fixture(IpcManager ipc, Topic topic, SharedMemoryBlock memory, List<String> pipes) {

        static Fixture in(TestPlatform reclaim) throws IOException {
            var ipc = reclaim.manager(IpcManager.class);
            long owner = reclaim.start();
            ipc.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
            return new Fixture(
                    ipc,
                    ipc.createTopic(owner, "t", 10).get(),
                    ipc.createSharedMemory(owner, "m", 10).get(),
                    pipesOpen());
        }

        void assertNothingLeft() {
            var prefix = memory.kernelName().substring(1, memory.kernelName().length() - 1);
            assertThat(Kernel.sharedMemory().stream().filter(name -> name.startsWith(prefix))).hasSize(1);
            assertThat(Kernel.mappings(prefix)).hasSize(1);
            assertThat(topic.subscribers()).isZero();
            assertThat(pipesOpen()).isEqualTo(pipes);
        }

        private static List<String> pipesOpen() {
            return Kernel.descriptors().values().stream().filter(target -> target.startsWith("pipe:")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) throws Exception {
        try (var reclaim = new TestPlatform()) {
            var fixture = Fixture.in(reclaim);
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(fixture.ipc(), ended + 1)).isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(fixture.ipc(), ended)).isInstanceOf(ProcessEndedException.class);

            fixture.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way) throws Exception {
        var moment = new AtomicReference<Runnable>(() -> {});
        try (var reclaim = new TestPlatform(
                new InterposedProvider(new IpcProvider(), "reserve", () -> moment.get().run()))) {
            var fixture = Fixture.in(reclaim);
            long pid = reclaim.start();
            // A pipe takes two places: it ends after the last.
            var places = new CountDownLatch(way.resources());
            moment.set(() -> {
                places.countDown();
                if (places.getCount() == 0) {
                    reclaim.end(pid);
                }
            });

            assertThatThrownBy(() -> way.acquire(fixture.ipc(), pid))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            fixture.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAcquisitionIsFreedOrRefused(Way way) throws Exception {
        try (var reclaim = new TestPlatform(); var threads = Executors.newFixedThreadPool(THREADS)) {
            var fixture = Fixture.in(reclaim);
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<Integer> acquiring = () -> acquireUntilRefused(fixture.ipc(), way, pid, running, ended);
                var acquired = new ArrayList<Future<Integer>>();
                for (int i = 0; i < THREADS; i++) {
                    acquired.add(threads.submit(acquiring));
                }
                running.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.end(pid, Ipc.TYPE);
                } finally {
                    ended.countDown();
                }

                int count = 0;
                for (var each : acquired) {
                    count += each.get();
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertFreed(outcome.stats().resourcesFreed(), count, way);
                fixture.assertNothingLeft();
            }
        }
    }

    /** Of a pipe that was refused, the end may have freed one half, and the caller the other. */
    private static void assertFreed(long freed, int acquired, Way way) {
        int halves = way == Way.CREATE_PIPE ? THREADS : 0;
        assertThat(freed).isBetween((long) acquired * way.resources(), (long) acquired * way.resources() + halves);
    }

    private static int acquireUntilRefused(
            IpcManager ipc, Way way, long pid, CountDownLatch running, CountDownLatch ended) throws Exception {
        int acquired = 0;
        try {
            while (true) {
                way.acquire(ipc, pid);
                acquired++;
                if (acquired == 2) {
                    running.countDown();
                } else if (acquired == ENOUGH) {
                    ended.await(); // descriptors are limited
                }
            }
        } catch (ProcessEndedException refused) {
            return acquired;
        }
    }
}
