package org.reclaim.sockets.internal;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.sockets.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome.Status;

/** Channels are released while threads select, wait in select, and close each other's channels. */
@Timeout(60)
class EventLoopsTest {

    /** What takes longer has waited for a selector, not for a processor. */
    private static final Duration NO_WAIT = Duration.ofMillis(900);

    private Map<Integer, String> before;
    private Platform reclaim;

    @BeforeEach
    void build() throws IOException {
        reclaim = new Platform();
        before = Kernel.baseline();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aThreadThatWaitsInSelectIsWokenAndGoesOn() throws Exception {
        var loop = new Loop(key -> {});
        var held = Kernel.descriptors();
        for (int round = 0; round < 200; round++) {
            long pid = reclaim.start();
            for (int i = 0; i < 3; i++) {
                registered(pid, loop.selector);
            }

            var outcome = reclaim.end(pid);

            assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
            assertThat(outcome.stats().cleanupDuration()).isLessThan(NO_WAIT);
            assertThat(Kernel.descriptors()).isEqualTo(held);
        }
        assertThat(loop.thread.isAlive()).isTrue();
        loop.stop();
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void handlesAreClosedByManyThreadsWhileOthersSelect() throws Exception {
        var loop = new Loop(key -> {});
        var held = Kernel.descriptors();
        long pid = reclaim.start();
        var closing = new ArrayList<Thread>();
        var failures = new ArrayList<Throwable>();
        for (int i = 0; i < 4; i++) {
            closing.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 100; round++) {
                    try (var handle = registered(pid, loop.selector)) {
                        handle.get();
                    } catch (IOException | RuntimeException e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                }
            }));
        }
        for (var thread : closing) {
            thread.join();
        }

        assertThat(failures).isEmpty();
        assertThat(Kernel.descriptors()).isEqualTo(held);
        loop.stop();
    }

    @Test
    void anEventLoopMayCloseTheChannelThatIsReady() throws Exception {
        var handle = new CompletableFuture<ResourceHandle<?>>();
        var closed = new CompletableFuture<Duration>();
        var loop = new Loop(key -> {
            long start = System.nanoTime();
            handle.join().close();
            closed.complete(Duration.ofNanos(System.nanoTime() - start));
        });
        var held = Kernel.descriptors();
        long pid = reclaim.start();
        var channel = registered(pid, loop.selector);
        handle.complete(channel);

        send(channel.get());

        assertThat(closed.get()).isLessThan(NO_WAIT);
        await().untilAsserted(() -> assertThat(Kernel.descriptors()).isEqualTo(held));
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
        loop.stop();
    }

    @Test
    void aLoopOverSelectedKeysMayCloseChannelsInIt() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        var held = Kernel.descriptors();
        var handles = List.of(registered(pid, selector), registered(pid, selector), registered(pid, selector));
        for (var handle : handles) {
            send(handle.get());
        }
        await().until(() -> selector.select() >= 0 && selector.selectedKeys().size() == 3);

        synchronized (selector) {
            // Each closes all: also those whose keys come later, which are in the set that is looped over.
            for (var key : selector.selectedKeys()) {
                handles.forEach(ResourceHandle::close);
                key.cancel();
            }
            selector.selectedKeys().clear();
        }
        selector.selectNow();

        assertThat(Kernel.descriptors()).isEqualTo(held);
    }

    @Test
    void twoEventLoopsMayCloseEachOthersChannels() throws Exception {
        long pid = reclaim.start();
        var both = new CyclicBarrier(2);
        var others = new CompletableFuture<List<ResourceHandle<?>>>();
        var done = new CountDownLatch(2);
        var loops = new ArrayList<Loop>();
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            loops.add(new Loop(key -> {
                try {
                    key.cancel();
                    both.await();
                    others.get().get(other).close();
                    both.await();
                    done.countDown();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        var held = Kernel.descriptors();
        var triggers = List.of(registered(pid, loops.get(0).selector), registered(pid, loops.get(1).selector));
        others.complete(List.of(registered(pid, loops.get(0).selector), registered(pid, loops.get(1).selector)));
        long start = System.nanoTime();
        for (var trigger : triggers) {
            send(trigger.get());
        }
        done.await();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(NO_WAIT);
        triggers.forEach(ResourceHandle::close);
        await().untilAsserted(() -> assertThat(Kernel.descriptors()).isEqualTo(held));
        loops.forEach(Loop::stop);
    }

    @Test
    void aSelectorThatIsKeptBusyKeepsItsChannelsHeldUntilItIsNot() throws Exception {
        long owner = reclaim.start();
        var selector = reclaim.sockets().openSelector(owner).get();
        var held = Kernel.descriptors();
        long pid = reclaim.start();
        var handles = List.of(registered(pid, selector), registered(pid, selector), registered(pid, selector));
        var busy = new CountDownLatch(1);
        var enough = new CountDownLatch(1);
        var keeper = Thread.ofPlatform().start(() -> {
            synchronized (selector) {
                busy.countDown();
                awaitUninterruptibly(enough);
            }
        });
        busy.await();

        assertThatThrownBy(() -> handles.get(0).close())
                .isInstanceOf(ReleaseFailedException.class)
                .hasMessageContaining("is busy");
        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(3);
        // Waited for once, by whoever came first, and not for each of them.
        assertThat(outcome.stats().cleanupDuration()).isLessThan(NO_WAIT);
        enough.countDown();
        keeper.join();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertThat(Kernel.descriptors()).isEqualTo(held);
    }

    @Test
    void anInterruptedThreadReleasesTooAndStaysInterrupted() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        var held = Kernel.descriptors();
        var handle = registered(pid, selector);

        Thread.currentThread().interrupt();
        handle.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(Kernel.descriptors()).isEqualTo(held);
    }

    private ResourceHandle<DatagramChannel> registered(long pid, Selector selector) throws IOException {
        var handle = reclaim.sockets().openUdp(pid, ANY_PORT);
        handle.get().configureBlocking(false);
        handle.get().register(selector, OP_READ);
        selector.wakeup(); // who waits in select learns of a new key only when he comes back
        return handle;
    }

    private static void send(DatagramChannel to) throws IOException {
        try (var sender = DatagramChannel.open()) {
            sender.send(US_ASCII.encode("ping"), to.getLocalAddress());
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A process with a selector, and a thread that selects as fast as it can. */
    private final class Loop {

        private final long pid = reclaim.start();
        private final Selector selector;
        private final Thread thread;

        Loop(Consumer<SelectionKey> action) throws IOException {
            selector = reclaim.sockets().openSelector(pid).get();
            thread = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        selector.select(action);
                    }
                } catch (ClosedSelectorException | IOException e) {
                    // Stopped.
                }
            });
            await().until(() -> {
                var stack = thread.getStackTrace();
                return stack.length > 0 && stack[0].isNativeMethod();
            });
        }

        void stop() {
            assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
            await().until(() -> !thread.isAlive());
        }
    }
}
