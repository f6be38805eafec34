package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.rings.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.testing.InterposedProvider;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 50;
    private static final int ROUNDS = 25;
    private static final Path ANY_FILE = Path.of("/dev/null");

    /** One way. */
    enum Way {
        OPEN {
            @Override
            ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException {
                var handle = manager.open(pid, 4, 4096);
                use(handle.get());
                return handle;
            }

            /** With operations that stay in flight, while the end may be there already. */
            private static void use(IoUring ring) throws IOException {
                try {
                    ring.queue().timeout(Platform.LONG, 1);
                    ring.submit();
                    ring.poll(Completion.NONE, 1);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("its process is ending");
                }
            }
        },
        OPEN_FILE {
            @Override
            ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException {
                return manager.openFile(pid, ANY_FILE);
            }
        },
        OPEN_PIPE {
            @Override
            ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException {
                return manager.openPipe(pid);
            }
        },
        LISTEN_TCP {
            @Override
            ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException {
                return manager.listenTcp(pid, ANY_PORT, 1);
            }
        },
        OPEN_TCP {
            @Override
            ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException {
                return manager.openTcp(pid, StandardProtocolFamily.INET);
            }
        };

        abstract ResourceHandle<?> acquire(IoUringManager manager, long pid) throws IOException;
    }

    private String before;

    @BeforeEach
    void look() throws IOException {
        before = Platform.baseline();
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) {
        try (var reclaim = new Platform()) {
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(reclaim.manager(), ended + 1))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(reclaim.manager(), ended))
                    .isInstanceOf(ProcessEndedException.class);

            assertThat(Platform.held()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way) {
        var end = new AtomicReference<Runnable>();
        var interposed = new InterposedProvider(new RingsType(), "reserve", () -> end.get().run());
        try (var reclaim = new Platform(interposed)) {
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.acquire(reclaim.manager(), pid))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertThat(Platform.held()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAcquisitionIsFreedOrRefused(Way way) throws Exception {
        try (var reclaim = new Platform(); var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<Integer> acquiring = () -> acquireUntilRefused(reclaim.manager(), way, pid, running, ended);
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
                assertThat(Platform.held()).isEqualTo(before);
            }
        }
    }

    private static int acquireUntilRefused(
            IoUringManager manager, Way way, long pid, CountDownLatch running, CountDownLatch ended) throws Exception {
        int acquired = 0;
        try {
            while (true) {
                way.acquire(manager, pid);
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
