package org.reclaim.ipc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.testing.TestPlatform;

/** Who waits in a queue or a subscription is woken when its owner ends, or his own process, or he is interrupted. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BlockedUsersTest {

    private static final QueueLimits ONE = new QueueLimits(1, 10);
    private static final Message MESSAGE = Message.of(new byte[] {1});
    private static final Duration LONG = Duration.ofDays(200_000);
    private static final Duration HOUR = Duration.ofHours(1);

    /** One way to wait; the queue is empty or full as it needs it. */
    enum Way {
        RECEIVE,
        RECEIVE_IN_TIME,
        SEND,
        SEND_IN_TIME;

        void prepare(MessageQueue queue) {
            if (this == SEND || this == SEND_IN_TIME) {
                assertThat(queue.trySend(MESSAGE)).isTrue();
            }
        }

        Object call(MessageQueue queue) throws InterruptedException {
            return switch (this) {
                case RECEIVE -> queue.receive();
                case RECEIVE_IN_TIME -> queue.receive(HOUR);
                case SEND -> {
                    queue.send(MESSAGE);
                    yield true;
                }
                case SEND_IN_TIME -> queue.send(MESSAGE, HOUR);
            };
        }
    }

    private final TestPlatform reclaim = new TestPlatform(builder -> builder.grace(HOUR));
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();
    private final long user = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheOwnerWakesWhoWaitsInAnotherProcess(Way way) {
        var waiters = waiters(way);

        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(waiters).allSatisfy(waiter -> assertThat(waiter.failure())
                .isInstanceOf(IpcClosedException.class)
                .hasMessageStartingWith("queue 'q' of process " + owner + " is gone"));
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheirOwnProcessWakesThem(Way way) throws Exception {
        var waiters = waiters(way);

        assertThat(reclaim.end(user, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(waiters).allSatisfy(waiter -> assertThat(waiter.failure())
                .isInstanceOf(IpcClosedException.class)
                .hasMessageContaining("was closed by process " + user));
        assertThat(ipc.openQueue(owner, "q", QueueAccess.SEND).get().ownerPid()).isEqualTo(owner);
    }

    @ParameterizedTest
    @EnumSource
    void theOwnersOwnWaitersAreWokenByItsEnd(Way way) {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE).get();
        way.prepare(queue);
        var waiter = Waiter.in(() -> way.call(queue));

        reclaim.end(owner);

        assertThat(waiter.failure()).isInstanceOf(IpcClosedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closingAHandleWakesThemWithoutAnEnd(Way way) {
        var created = ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE);
        way.prepare(created.get());
        var first = ipc.openQueue(user, "q", QueueAccess.SEND_AND_RECEIVE);
        var second = ipc.openQueue(user, "q", QueueAccess.SEND_AND_RECEIVE).get();
        var queue = first.get();
        var ofFirst = Waiter.in(() -> way.call(queue));
        var ofSecond = Waiter.in(() -> way.call(second));

        first.close();

        assertThat(ofFirst.failure()).isInstanceOf(IpcClosedException.class).hasMessageContaining("for itself");
        assertThat(ofSecond.isDone()).isFalse();
        created.close();
        assertThat(ofSecond.failure()).isInstanceOf(IpcClosedException.class).hasMessageContaining("is gone");
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsAWaitAndTakesNothing(Way way) {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE).get();
        way.prepare(queue);
        int before = queue.size();

        for (var kind : Waiter.Kind.values()) {
            var waiter = Waiter.in(kind, () -> way.call(queue));
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        }
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> way.call(queue)).isInstanceOf(InterruptedException.class);

        assertThat(queue.size()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOrRoomEndsAWait(Way way) throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.PRIORITY, ONE).get();
        way.prepare(queue);
        boolean full = queue.size() == 1;
        var waiters = new ArrayList<Waiter<Object>>();
        for (var kind : Waiter.Kind.values()) {
            waiters.add(Waiter.in(kind, () -> way.call(queue)));
        }

        for (int i = 0; i < waiters.size(); i++) {
            if (full) {
                queue.receive();
            } else {
                queue.send(MESSAGE);
            }
        }

        for (var waiter : waiters) {
            assertThat(waiter.result()).isNotNull();
        }
    }

    @Test
    void aWaitLongerThanTheClockCanCountIsForEver() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE).get();
        var waiter = Waiter.in(() -> queue.receive(LONG));

        queue.send(MESSAGE);

        assertThat(waiter.result()).isPresent();
    }

    @Test
    void aSubscriberIsWokenByTheEndOfTheTopicsOwnerAndOfHisOwnProcess() {
        var topic = ipc.createTopic(owner, "t", 10).get();
        long another = reclaim.start();
        var ofUser = ipc.subscribe(user, "t", 1).get();
        var ofAnother = ipc.subscribe(another, "t", 1).get();
        for (var kind : Waiter.Kind.values()) {
            var subscription = ipc.subscribe(user, "t", 1);
            var received = subscription.get();
            var waiter = Waiter.in(kind, received::receive);
            subscription.close();
            assertThat(waiter.failure()).isInstanceOf(IpcClosedException.class).hasMessageContaining("for itself");
        }
        var first = Waiter.in(ofUser::receive);
        var second = Waiter.in(Waiter.Kind.VIRTUAL, () -> ofAnother.receive(HOUR));

        reclaim.end(user);
        assertThat(first.failure())
                .isInstanceOf(IpcClosedException.class)
                .hasMessageContaining("topic 't' of process " + owner + " was closed by process " + user);
        assertThat(second.isDone()).isFalse();
        assertThat(topic.subscribers()).isEqualTo(1);

        reclaim.end(owner);
        assertThat(second.failure())
                .isInstanceOf(IpcClosedException.class)
                .hasMessageStartingWith("topic 't' of process " + owner + " is gone");
    }

    @Test
    void othersNeedNotWaitUntilATaskOfTheOwnerHasStopped() throws Exception {
        var goOn = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        long task = reclaim.processes()
                .start(ProcessSpec.task("stubborn", () -> {
                    running.countDown();
                    boolean done = false;
                    while (!done) {
                        try {
                            goOn.await();
                            done = true;
                        } catch (InterruptedException e) {
                            continue; // that is what makes it stubborn
                        }
                    }
                }))
                .pid();
        running.await();
        ipc.createQueue(task, "q", QueueOrder.FIFO, ONE);
        ipc.createTopic(task, "t", 1);
        var queue = ipc.openQueue(user, "q", QueueAccess.RECEIVE).get();
        var subscription = ipc.subscribe(user, "t", 1).get();
        var waiters = List.of(Waiter.in(queue::receive), Waiter.in(subscription::receive));

        var end = Thread.ofPlatform().start(() -> reclaim.end(task));

        assertThat(waiters).allSatisfy(waiter ->
                assertThat(waiter.failure()).isInstanceOf(IpcClosedException.class));
        assertThat(end.isAlive()).isTrue();
        goOn.countDown();
        end.join();
    }

    @Test
    void virtualThreadsThatWaitOccupyNoCarrier() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE).get();
        var waiters = new ArrayList<Waiter<Message>>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            waiters.add(Waiter.in(Waiter.Kind.VIRTUAL, queue::receive));
        }

        var ran = new CountDownLatch(1);
        Thread.startVirtualThread(ran::countDown);
        ran.await();

        reclaim.end(owner);
        await().until(() -> waiters.stream().allMatch(Waiter::isDone));
    }

    /** Of both kinds of threads, two of each, in another process than the owner's. */
    private List<Waiter<Object>> waiters(Way way) {
        way.prepare(ipc.createQueue(owner, "q", QueueOrder.FIFO, ONE).get());
        var queue = ipc.openQueue(user, "q", QueueAccess.SEND_AND_RECEIVE).get();
        var waiters = new ArrayList<Waiter<Object>>();
        for (var kind : Waiter.Kind.values()) {
            waiters.add(Waiter.in(kind, () -> way.call(queue)));
            waiters.add(Waiter.in(kind, () -> way.call(queue)));
        }
        return waiters;
    }
}
