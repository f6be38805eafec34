package org.reclaim.ipc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.NoSuchIpcNameException;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.TestPlatform;

class TopicTest {

    private static final int MAX_BYTES = 10;

    private final TestPlatform reclaim =
            new TestPlatform(builder -> builder.limits(Ipc.TYPE, new ResourceLimits(1000, 1500)));
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();
    private final long user = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void everySubscriberGetsWhatIsPublishedFromThenOn() throws Exception {
        var topic = ipc.createTopic(owner, "t", MAX_BYTES).get();
        assertThat(topic.publish(message(0))).isZero();
        var early = ipc.subscribe(user, "t", 5).get();
        assertThat(topic.publish(message(1))).isEqualTo(1);
        var late = ipc.subscribe(owner, "t", 5).get();
        assertThat(ipc.openTopic(user, "t").get().publish(message(2))).isEqualTo(2);

        assertThat(early.size()).isEqualTo(2);
        assertThat(number(early.tryReceive())).isEqualTo(1);
        assertThat(number(Optional.of(early.receive()))).isEqualTo(2);
        assertThat(number(late.receive(Duration.ofNanos(1)))).isEqualTo(2);
        assertThat(late.tryReceive()).isEmpty();
        assertThat(late.receive(Duration.ZERO)).isEmpty();
        assertThat(topic.subscribers()).isEqualTo(2);
        assertThat(early.topic()).isEqualTo("t");
        assertThat(early.ownerPid()).isEqualTo(owner);
        assertThat(early.limits()).isEqualTo(new QueueLimits(5, MAX_BYTES));
    }

    @Test
    void aSlowSubscriberMissesMessagesAndNobodyElseDoes() {
        var topic = ipc.createTopic(owner, "t", MAX_BYTES).get();
        var slow = ipc.subscribe(user, "t", 2).get();
        var fast = ipc.subscribe(user, "t", 2).get();

        for (int i = 0; i < 5; i++) {
            assertThat(topic.publish(message(i))).isEqualTo(i < 2 ? 2 : 1);
            assertThat(number(fast.tryReceive())).isEqualTo(i);
        }

        assertThat(slow.missed()).isEqualTo(3);
        assertThat(fast.missed()).isZero();
        assertThat(number(slow.tryReceive())).isZero();
        assertThat(topic.publish(message(9))).isEqualTo(2);
        assertThat(number(slow.tryReceive())).isEqualTo(1);
        assertThat(number(slow.tryReceive())).isEqualTo(9);
    }

    @Test
    void theEndOfTheOwnerClosesItForEverybody() {
        var topic = ipc.createTopic(owner, "t", MAX_BYTES).get();
        var opened = ipc.openTopic(user, "t").get();
        var subscription = ipc.subscribe(user, "t", 2).get();
        topic.publish(message(1));

        assertThat(reclaim.end(owner, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);

        for (var use : new Runnable[] {
            () -> topic.publish(message(2)), () -> opened.publish(message(2)), subscription::tryReceive}) {
            assertThatThrownBy(use::run)
                    .isInstanceOf(IpcClosedException.class)
                    .hasMessageStartingWith("topic 't' of process " + owner + " is gone");
        }
        assertThat(subscription.size()).isZero();
        assertThatThrownBy(() -> ipc.subscribe(user, "t", 1)).isInstanceOf(NoSuchIpcNameException.class);
        assertThatThrownBy(() -> ipc.openTopic(user, "t")).isInstanceOf(NoSuchIpcNameException.class);
        ipc.createTopic(user, "t", MAX_BYTES);
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(3);
    }

    @Test
    void theEndOfASubscriberAndOfAPublisherConcernsNobodyElse() throws Exception {
        var topic = ipc.createTopic(owner, "t", MAX_BYTES).get();
        long other = reclaim.start();
        var opened = ipc.openTopic(user, "t").get();
        var gone = ipc.subscribe(user, "t", 2).get();
        var stays = ipc.subscribe(other, "t", 2).get();
        opened.publish(message(1));

        assertThat(reclaim.end(user, Ipc.TYPE).stats().bytesFreed()).isEqualTo(2 * MAX_BYTES);

        assertThat(topic.publish(message(2))).isEqualTo(1);
        assertThat(number(stays.tryReceive())).isEqualTo(1);
        assertThat(number(stays.tryReceive())).isEqualTo(2);
        assertThat(gone.size()).isZero();
        assertThatThrownBy(gone::tryReceive)
                .isInstanceOf(IpcClosedException.class)
                .hasMessageContaining("was closed by process " + user + " for itself");
        assertThatThrownBy(() -> opened.publish(message(3))).hasMessageContaining("for itself");
    }

    @Test
    void closingASubscriptionEndsItAndGivesItsShareBack() {
        ipc.createTopic(owner, "t", 100);
        var subscription = ipc.subscribe(user, "t", 10);
        assertThatThrownBy(() -> ipc.subscribe(user, "t", 1)).isInstanceOf(ResourceLimitException.class);

        subscription.close();
        subscription.close();

        ipc.subscribe(user, "t", 10);
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsRefusedAndTakesNothing() {
        var topic = ipc.createTopic(owner, "t", MAX_BYTES).get();
        ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(1, 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> topic.publish(Message.of(new byte[MAX_BYTES + 1])))
                .withMessage("message has 11 bytes, must have at most 10 for topic 't' of process " + owner);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.createTopic(user, "u", 0))
                .withMessage("maxMessageBytes is 0, must be from 1 to 16777216");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.subscribe(user, "t", 65_537))
                .withMessage("maxMessages is 65537, must be from 1 to 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.subscribe(user, "", 1))
                .withMessageStartingWith("topic is '', must be 1 to 128 letters");
        assertThatIllegalArgumentException().isThrownBy(() -> ipc.openTopic(user, "a/b"));
        assertThatThrownBy(() -> ipc.createTopic(user, "q", 1)).isInstanceOf(IpcNameInUseException.class);
        assertThatThrownBy(() -> ipc.subscribe(user, "q", 1))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessage("There is no topic 'q': that is the name of queue 'q' of process " + owner);
        assertThat(reclaim.end(user, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void topicsAreShownByNameAndSize() {
        ipc.createTopic(owner, "t", MAX_BYTES);
        ipc.openTopic(user, "t");
        ipc.subscribe(user, "t", 3);

        assertThat(reclaim.processes().inventory().resources(owner))
                .extracting(ResourceInfo::label)
                .containsExactly("topic 't', messages of up to 10 bytes");
        assertThat(reclaim.processes().inventory().resources(user))
                .extracting(ResourceInfo::label)
                .containsExactlyInAnyOrder(
                        "topic 't' of process " + owner + ", opened to publish",
                        "subscription to topic 't' of process " + owner + ", 3 x 10 bytes");
    }

    private static Message message(int number) {
        return Message.of(new byte[] {(byte) number});
    }

    private static int number(Optional<Message> message) {
        return message.orElseThrow().content()[0];
    }
}
