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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
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
class QueueForceTest {

    private static final int SENDERS = 8;
    private static final int RECEIVERS = 8;
    private static final int PER_SENDER = 1_000;
    private static final int SENT = SENDERS * PER_SENDER;
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

    @AfterEach
    void close() {
        reclaim.close();
    }

    @ParameterizedTest
    @CsvSource({"FIFO, PLATFORM", "FIFO, VIRTUAL", "PRIORITY, PLATFORM", "PRIORITY, VIRTUAL"})
    void everyMessageIsReceivedOnceAndThoseOfASenderInTheirOrder(QueueOrder order, Waiter.Kind kind) throws Exception {
        ipc.createQueue(owner, "q", order, LIMITS);
        var left = new AtomicInteger(SENT);
        try (var threads = threads(kind)) {
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
                assertInOrder(receiver.get());
                all.addAll(receiver.get());
            }
            assertThat(all).hasSize(SENT).doesNotHaveDuplicates();
            for (var sender : senders) {
                sender.get();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everybodyWakesWhenTheOwnerEndsInTheMiddle(Waiter.Kind kind) throws Exception {
        for (int round = 0; round < 20; round++) {
            long creator = reclaim.start();
            ipc.createQueue(creator, "q", QueueOrder.FIFO, LIMITS);
            var enough = new CountDownLatch(500);
            try (var threads = threads(kind)) {
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
                            queue.send(Received.message(0, 0), Duration.ofDays(1));
                        } else {
                            queue.receive(Duration.ofDays(1));
                        }
                    })));
                }
                enough.await();

                reclaim.end(creator);

                for (var each : all) {
                    each.get();
                }
            }
        }
    }

    /** Receivers that are thrown out all the time, possibly just when they were woken for a message. */
    @ParameterizedTest
    @EnumSource
    void noMessageAndNoWakeUpIsLostWithAReceiverWhoGoes(Waiter.Kind kind) throws Exception {
        ipc.createQueue(owner, "q", QueueOrder.FIFO, LIMITS);
        var left = new AtomicInteger(SENT);
        try (var threads = threads(kind)) {
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
                    each.get();
                }
                received.addAll(batch);
            }

            var all = new ArrayList<Received>();
            for (var each : received) {
                all.addAll(each.get());
            }
            assertThat(all).hasSize(SENT).doesNotHaveDuplicates();
        }
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

    private static ExecutorService threads(Waiter.Kind kind) {
        return switch (kind) {
            case PLATFORM -> Executors.newCachedThreadPool();
            case VIRTUAL -> Executors.newVirtualThreadPerTaskExecutor();
        };
    }
}
