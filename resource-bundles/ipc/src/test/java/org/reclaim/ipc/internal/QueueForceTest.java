package org.reclaim.ipc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.testing.TestPlatform;

/** Many senders and receivers of one queue that is nearly always full or empty, so that they wait all the time. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class QueueForceTest {

    private static final int SENDERS = 8;
    private static final int RECEIVERS = 8;
    private static final int PER_SENDER = 1_000;
    private static final int SENT = SENDERS * PER_SENDER;
    private static final int ROUNDS = 200;
    private static final Duration LONG = Duration.ofDays(1);
    private static final QueueLimits LIMITS = new QueueLimits(3, 8);

    private final TestPlatform reclaim = new TestPlatform();
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();

    /** What one thread has received: sender and number. */
    private record Received(int sender, int number) {

        static Message message(int sender, int number) {
            return Message.of(ByteBuffer.allocate(8).putInt(sender).putInt(number).array());
        }

        static Received of(Message message) {
            var content = ByteBuffer.wrap(message.content());
            return new Received(content.getInt(), content.getInt());
        }
    }

    private ExecutorService threads;

    @AfterEach
    void close() {
        reclaim.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"FIFO, PLATFORM", "FIFO, VIRTUAL", "PRIORITY, PLATFORM", "PRIORITY, VIRTUAL"})
    void everyMessageIsReceivedOnceAndThoseOfASenderInTheirOrder(QueueOrder order, Waiter.Kind kind) throws Exception {
        ipc.createQueue(owner, "q", order, LIMITS);
        var left = new AtomicInteger(SENT);
        useThreads(kind);
        var senders = new ArrayList<Future<?>>();
        for (int i = 0; i < SENDERS; i++) {
            int sender = i;
            var queue = ipc.openQueue(reclaim.start(), "q", QueueAccess.SEND).get();
            senders.add(threads.submit(() -> sendAll(queue, sender)));
        }
        var receivers = new ArrayList<Future<List<Received>>>();
        for (int i = 0; i < RECEIVERS; i++) {
            var queue = ipc.openQueue(reclaim.start(), "q", QueueAccess.RECEIVE).get();
            receivers.add(threads.submit(() -> receiveWhileAnyIsLeft(queue, left)));
        }

        var all = new ArrayList<Received>();
        for (var receiver : receivers) {
            assertInOrder(get(receiver));
            all.addAll(get(receiver));
        }
        assertThat(all).hasSize(SENT).doesNotHaveDuplicates();
        for (var sender : senders) {
            get(sender);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everybodyWakesWhenTheOwnerEndsInTheMiddle(Waiter.Kind kind) throws Exception {
        useThreads(kind);
        for (int round = 0; round < 20; round++) {
            long creator = reclaim.start();
            ipc.createQueue(creator, "q", QueueOrder.FIFO, LIMITS);
            var enough = new CountDownLatch(500);
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < SENDERS; i++) {
                var queue = ipc.openQueue(owner, "q", QueueAccess.SEND_AND_RECEIVE).get();
                all.add(threads.submit(() -> untilClosed(() -> queue.send(Received.message(0, 0)))));
                all.add(threads.submit(() -> untilClosed(() -> {
                    queue.receive();
                    enough.countDown();
                })));
            }
            // These only ever wait, in both directions.
            for (var waitsForEver : List.of(QueueAccess.SEND, QueueAccess.RECEIVE)) {
                var queue = ipc.openQueue(owner, "q", waitsForEver).get();
                all.add(threads.submit(() -> untilClosed(() -> {
                    if (waitsForEver == QueueAccess.SEND) {
                        queue.send(Received.message(0, 0), LONG);
                    } else {
                        queue.receive(LONG);
                    }
                })));
            }
            enough.await();

            reclaim.end(creator);

            for (var each : all) {
                get(each);
            }
        }
    }

    /** Who was first in line is thrown out just when a message wakes him: then it is the next one's. */
    @ParameterizedTest
    @EnumSource
    void noMessageStaysInTheQueueWhileAReceiverWaits(Waiter.Kind kind) throws Exception {
        useThreads(kind);
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, LIMITS).get();
        for (int round = 0; round < ROUNDS; round++) {
            var leaving = ipc.openQueue(owner, "q", QueueAccess.RECEIVE);
            var first = Waiter.in(kind, leaving.get()::receive);
            var second = Waiter.in(kind, queue::receive);

            var left = threads.submit(leaving::close);
            queue.send(Received.message(0, round));

            get(left);
            if (!first.isThrownOut()) {
                queue.send(Received.message(0, round));
            }
            assertThat(Received.of(second.result()).number()).isEqualTo(round);
        }
    }

    /** The same for who waits for room. */
    @ParameterizedTest
    @EnumSource
    void noRoomStaysInTheQueueWhileASenderWaits(Waiter.Kind kind) throws Exception {
        useThreads(kind);
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(1, 8)).get();
        queue.send(Received.message(0, 0));
        for (int round = 0; round < ROUNDS; round++) {
            var leaving = ipc.openQueue(owner, "q", QueueAccess.SEND);
            var leavingQueue = leaving.get();
            var first = Waiter.in(kind, () -> leavingQueue.send(Received.message(0, 0), LONG));
            var second = Waiter.in(kind, () -> queue.send(Received.message(0, 0), LONG));

            var left = threads.submit(leaving::close);
            queue.receive();

            get(left);
            if (!first.isThrownOut()) {
                queue.receive();
            }
            assertThat(second.result()).isTrue();
        }
    }

    /** Receivers that are thrown out all the time. */
    @ParameterizedTest
    @EnumSource
    void noMessageIsLostWithAReceiverWhoGoes(Waiter.Kind kind) throws Exception {
        ipc.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
        var left = new AtomicInteger(SENT);
        useThreads(kind);
        var stays = ipc.openQueue(owner, "q", QueueAccess.RECEIVE).get();
        var received = new ArrayList<Future<List<Received>>>();
        received.add(threads.submit(() -> receiveWhileAnyIsLeft(stays, left)));
        for (int i = 0; i < SENDERS; i++) {
            int sender = i;
            var queue = ipc.openQueue(reclaim.start(), "q", QueueAccess.SEND).get();
            threads.submit(() -> sendAll(queue, sender));
        }
        while (left.get() > 0) {
            var batch = new ArrayList<Future<List<Received>>>();
            long visitor = reclaim.start();
            for (int i = 0; i < 4; i++) {
                var queue = ipc.openQueue(visitor, "q", QueueAccess.RECEIVE).get();
                batch.add(threads.submit(() -> receiveWhileAnyIsLeft(queue, left)));
            }
            reclaim.end(visitor);
            for (var each : batch) {
                get(each);
            }
            received.addAll(batch);
        }

        var all = new ArrayList<Received>();
        for (var each : received) {
            all.addAll(get(each));
        }
        assertThat(all).hasSize(SENT).doesNotHaveDuplicates();
    }

    /** A use of a queue. */
    @FunctionalInterface
    private interface Use {
        void use() throws InterruptedException;
    }

    private static Void untilClosed(Use use) throws InterruptedException {
        try {
            while (true) {
                use.use();
            }
        } catch (IpcClosedException closed) {
            return null;
        }
    }

    private static Void sendAll(MessageQueue queue, int sender) throws InterruptedException {
        for (int number = 0; number < PER_SENDER; number++) {
            var message = Received.message(sender, number);
            switch (number % 3) {
                case 0 -> queue.send(message);
                case 1 -> {
                    while (!queue.send(message, Duration.ofNanos(100_000))) {
                        continue; // again
                    }
                }
                default -> {
                    if (!queue.trySend(message)) {
                        queue.send(message);
                    }
                }
            }
        }
        return null;
    }

    private static List<Received> receiveWhileAnyIsLeft(MessageQueue queue, AtomicInteger left)
            throws InterruptedException {
        var received = new ArrayList<Received>();
        try {
            for (int i = 0; left.get() > 0; i++) {
                // Not for ever: the last message may be another receiver's.
                var message = i % 4 == 0 ? queue.tryReceive() : queue.receive(Duration.ofMillis(5));
                message.map(Received::of).ifPresent(got -> {
                    received.add(got);
                    left.decrementAndGet();
                });
            }
        } catch (IpcClosedException closed) {
            return received;
        }
        return received;
    }

    private static void assertInOrder(List<Received> received) {
        var last = new int[SENDERS];
        Arrays.fill(last, -1);
        for (var each : received) {
            assertThat(each.number()).isGreaterThan(last[each.sender()]);
            last[each.sender()] = each.number();
        }
    }

    /** Better a failed test than one that hangs. */
    private static <T> T get(Future<T> future) throws Exception {
        return future.get(2, TimeUnit.MINUTES);
    }

    private void useThreads(Waiter.Kind kind) {
        threads = switch (kind) {
            case PLATFORM -> Executors.newCachedThreadPool();
            case VIRTUAL -> Executors.newVirtualThreadPerTaskExecutor();
        };
    }
}
