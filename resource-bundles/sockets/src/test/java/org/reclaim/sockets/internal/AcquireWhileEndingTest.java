package org.reclaim.sockets.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.sockets.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.socket.SocketManager;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 100;
    private static final int ROUNDS = 50;

    /** One way. */
    enum Way {
        LISTEN_TCP {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                return sockets.listenTcp(pid, ANY_PORT, 1);
            }
        },
        OPEN_STREAM {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                return sockets.openStream(pid, StandardProtocolFamily.INET);
            }
        },
        ADOPT {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                var channel = SocketChannel.open();
                try {
                    return sockets.adopt(pid, channel);
                } catch (IllegalStateException | IllegalArgumentException e) {
                    assertThat(channel.isOpen()).as("it is still the caller's").isTrue();
                    channel.close();
                    throw e;
                }
            }
        },
        OPEN_UDP {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                return sockets.openUdp(pid, ANY_PORT);
            }
        },
        LISTEN_UNIX {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                return sockets.listenUnix(pid, folder.resolve(UUID.randomUUID().toString()), 1);
            }
        },
        OPEN_SELECTOR {
            @Override
            ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException {
                return sockets.openSelector(pid);
            }
        };

        abstract ResourceHandle<?> acquire(SocketManager sockets, long pid, Path folder) throws IOException;
    }

    @TempDir
    private Path folder;

    private Map<Integer, String> before;

    @BeforeEach
    void look() throws IOException {
        before = Kernel.baseline();
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) throws Exception {
        try (var reclaim = new Platform()) {
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(reclaim.sockets(), ended + 1, folder))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(reclaim.sockets(), ended, folder))
                    .isInstanceOf(ProcessEndedException.class);

            assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way) throws Exception {
        var end = new AtomicReference<Runnable>();
        try (var reclaim = new Platform(() -> end.get().run())) {
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.acquire(reclaim.sockets(), pid, folder))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertNothingLeft();
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
                Callable<Integer> acquiring = () -> acquireUntilRefused(reclaim.sockets(), way, pid, running, ended);
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
                assertNothingLeft();
            }
        }
    }

    private int acquireUntilRefused(
            SocketManager sockets, Way way, long pid, CountDownLatch running, CountDownLatch ended) throws Exception {
        int acquired = 0;
        try {
            while (true) {
                way.acquire(sockets, pid, folder);
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

    private void assertNothingLeft() throws IOException {
        assertThat(Kernel.descriptors()).isEqualTo(before);
        assertThat(folder).isEmptyDirectory();
    }
}
