package org.reclaim.ipc.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcClosedException;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.ipc.IpcNameInUseException;
import org.reclaim.api.ipc.Message;
import org.reclaim.api.ipc.NoSuchIpcNameException;
import org.reclaim.api.ipc.QueueAccess;
import org.reclaim.api.ipc.QueueLimits;
import org.reclaim.api.ipc.QueueOrder;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.TestPlatform;

class MessageQueueTest {

    private static final QueueLimits SMALL = new QueueLimits(3, 10);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final TestPlatform reclaim =
            new TestPlatform(builder -> builder.limits(Ipc.TYPE, new ResourceLimits(1000, 1500)));
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long owner = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void theOldestMessageIsReceivedFirst() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();

        queue.send(Message.of(bytes("a"), 1));
        assertThat(queue.send(Message.of(bytes("b"), 7), SHORT)).isTrue();
        assertThat(queue.trySend(Message.of(bytes("c")))).isTrue();
        assertThat(queue.size()).isEqualTo(3);

        var first = queue.receive();
        assertThat(text(first)).isEqualTo("a");
        assertThat(first.priority()).as("handed on all the same").isEqualTo(1);
        assertThat(queue.receive(SHORT)).map(MessageQueueTest::text).contains("b");
        assertThat(queue.tryReceive()).map(MessageQueueTest::text).contains("c");
        assertThat(queue.size()).isZero();
    }

    @Test
    void theMostUrgentMessageIsReceivedFirstAndAmongEqualsTheOldest() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.PRIORITY, new QueueLimits(10, 10)).get();
        for (var sent : List.of("5a", "0a", "9a", "5b", "9b", "0b", "5c")) {
            queue.send(Message.of(bytes(sent), sent.charAt(0) - '0'));
        }

        var received = new ArrayList<String>();
        for (var next = queue.tryReceive(); next.isPresent(); next = queue.tryReceive()) {
            received.add(text(next.get()));
        }

        assertThat(received).containsExactly("9a", "9b", "5a", "5b", "5c", "0a", "0b");
    }

    @Test
    void whatASenderOrAReceiverDoesToItsArrayLaterConcernsNobody() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();
        var array = bytes("abc");
        queue.send(Message.of(array));
        array[0] = 'x';

        var message = queue.receive();
        message.content()[1] = 'x';

        assertThat(text(message)).isEqualTo("abc");
        assertThat(message.byteSize()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aFullQueueTakesNoMoreAndAnEmptyOneGivesNone(QueueOrder order) throws Exception {
        var queue = ipc.createQueue(owner, "q", order, SMALL).get();
        assertThat(queue.tryReceive()).isEmpty();
        assertThat(queue.receive(SHORT)).isEmpty();
        assertThat(queue.receive(Duration.ZERO)).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(queue.send(Message.of(new byte[10]), Duration.ZERO)).isTrue();
        }

        assertThat(queue.trySend(Message.of(new byte[1]))).isFalse();
        assertThat(queue.send(Message.of(new byte[1]), SHORT)).isFalse();
        assertThat(queue.send(Message.of(new byte[1]), Duration.ZERO)).isFalse();
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void anEmptyMessageIsAMessage() throws Exception {
        var queue = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();

        queue.send(Message.of(new byte[0]));

        assertThat(queue.tryReceive()).map(Message::byteSize).contains(0);
    }

    @Test
    void processesCommunicateByTheNameEachInItsOwnDirection() throws Exception {
        var created = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();
        var sender = ipc.openQueue(reclaim.start(), "q", QueueAccess.SEND).get();
        var receiver = ipc.openQueue(reclaim.start(), "q", QueueAccess.RECEIVE).get();
        var both = ipc.openQueue(owner, "q", QueueAccess.SEND_AND_RECEIVE).get();

        sender.send(Message.of(bytes("1")));
        created.send(Message.of(bytes("2")));
        both.send(Message.of(bytes("3")));

        assertThat(text(receiver.receive())).isEqualTo("1");
        assertThat(text(both.receive())).isEqualTo("2");
        assertThat(text(created.receive())).isEqualTo("3");
        assertThatIllegalStateException()
                .isThrownBy(sender::tryReceive)
                .withMessageEndingWith("to send, not to receive");
        assertThatIllegalStateException()
                .isThrownBy(() -> receiver.trySend(Message.of(bytes("4"))))
                .withMessageEndingWith("to receive, not to send");
        assertThat(receiver.name()).isEqualTo("q");
        assertThat(receiver.ownerPid()).isEqualTo(owner);
        assertThat(receiver.order()).isEqualTo(QueueOrder.FIFO);
        assertThat(receiver.limits()).isEqualTo(SMALL);
        assertThat(receiver.access()).isEqualTo(QueueAccess.RECEIVE);
    }

    @Test
    void theEndOfTheOwnerClosesItForEverybodyAndTheNameIsFreeAgain() throws Exception {
        var created = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();
        long user = reclaim.start();
        var opened = ipc.openQueue(user, "q", QueueAccess.SEND_AND_RECEIVE).get();
        opened.send(Message.of(bytes("lost")));

        var outcome = reclaim.end(owner, Ipc.TYPE);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(SMALL.byteSize());
        for (var queue : List.of(created, opened)) {
            assertThatThrownBy(queue::tryReceive)
                    .isInstanceOf(IpcClosedException.class)
                    .hasMessage("queue 'q' of process %d is gone: its owner has closed it, or the owner's process has"
                            + " ended", owner)
                    .returns("q", thrown -> ((IpcClosedException) thrown).name())
                    .returns(owner, thrown -> ((IpcClosedException) thrown).ownerPid())
                    .returns(true, thrown -> ((IpcClosedException) thrown).isOwnerGone());
            assertThat(queue.size()).isZero();
        }
        assertThatThrownBy(() -> ipc.openQueue(user, "q", QueueAccess.SEND))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessage("There is no queue 'q', or not any more");
        var next = ipc.createQueue(user, "q", QueueOrder.PRIORITY, SMALL).get();
        assertThat(next.tryReceive()).isEmpty();
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(2);
    }

    @Test
    void closingTheOwnersHandleDestroysItAtOnceAndOnce() {
        var handle = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL);
        var queue = handle.get();

        handle.close();
        ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL);
        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(queue::tryReceive).isInstanceOf(IpcClosedException.class);
        assertThat(ipc.openQueue(owner, "q", QueueAccess.SEND).get().trySend(Message.of(bytes("x")))).isTrue();
    }

    @Test
    void aUsersEndClosesItForThatUserAlone() throws Exception {
        var created = ipc.createQueue(owner, "q", QueueOrder.FIFO, SMALL).get();
        long user = reclaim.start();
        var opened = ipc.openQueue(user, "q", QueueAccess.SEND).get();
        var another = ipc.openQueue(owner, "q", QueueAccess.SEND);

        opened.send(Message.of(bytes("stays")));
        assertThat(reclaim.end(user, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
        another.close();

        assertThatThrownBy(() -> opened.trySend(Message.of(bytes("x"))))
                .isInstanceOf(IpcClosedException.class)
                .hasMessage("queue 'q' of process %d was closed by process %d for itself, or process %d has ended",
                        owner, user, user)
                .returns(false, thrown -> ((IpcClosedException) thrown).isOwnerGone());
        assertThat(text(created.receive())).isEqualTo("stays");
    }

    @Test
    void aQueueIsCountedInFullFromTheStartAndGivenBackAtItsEnd() {
        ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(10, 100));

        assertThatThrownBy(() -> ipc.createQueue(owner, "r", QueueOrder.FIFO, new QueueLimits(1, 1)))
                .isInstanceOf(ResourceLimitException.class);
        assertThatThrownBy(() -> ipc.createQueue(reclaim.start(), "r", QueueOrder.FIFO, new QueueLimits(1, 501)))
                .isInstanceOf(ResourceLimitException.class);
        ipc.openQueue(owner, "q", QueueAccess.SEND);
        reclaim.end(owner);

        ipc.createQueue(reclaim.start(), "r", QueueOrder.FIFO, new QueueLimits(10, 100));
    }

    @Test
    void aRefusalByTheNameTakesNothing() {
        ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(5, 100));
        ipc.createTopic(owner, "t", 1);

        assertThatThrownBy(() -> ipc.createQueue(owner, "q", QueueOrder.FIFO, new QueueLimits(5, 100)))
                .isInstanceOf(IpcNameInUseException.class)
                .hasMessage("The name 'q' is in use: queue 'q' of process " + owner);
        assertThatThrownBy(() -> ipc.createQueue(owner, "t", QueueOrder.FIFO, new QueueLimits(5, 100)))
                .isInstanceOf(IpcNameInUseException.class)
                .hasMessage("The name 't' is in use: topic 't' of process " + owner);
        assertThatThrownBy(() -> ipc.openQueue(owner, "t", QueueAccess.SEND))
                .isInstanceOf(NoSuchIpcNameException.class)
                .hasMessage("There is no queue 't': that is the name of topic 't' of process " + owner);
        assertThatThrownBy(() -> ipc.openQueue(owner, "other", QueueAccess.SEND))
                .isInstanceOf(NoSuchIpcNameException.class);

        ipc.createQueue(owner, "r", QueueOrder.FIFO, new QueueLimits(5, 100));
        assertThat(reclaim.end(owner, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "a b, a b", "a/b, a/b", "ä, ?", "'a\n', a?"})
    void namesThatCannotBeAreRefused(String name, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.createQueue(owner, name, QueueOrder.FIFO, SMALL))
                .withMessage("name is '%s', must be 1 to 128 letters, digits, '.', '_' or '-' of ASCII", shown);
        assertThatIllegalArgumentException().isThrownBy(() -> ipc.openQueue(owner, name, QueueAccess.SEND));
        assertThat(reclaim.end(owner, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aNameOfTheFullLengthIsTakenAndALongerOneRefused() {
        ipc.createQueue(owner, "x".repeat(128), QueueOrder.FIFO, SMALL);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ipc.createQueue(owner, "x".repeat(129), QueueOrder.FIFO, SMALL));
        assertThatNullPointerException().isThrownBy(() -> ipc.createQueue(owner, "q", null, SMALL));
        assertThatNullPointerException().isThrownBy(() -> ipc.createQueue(owner, "q", QueueOrder.FIFO, null));
        assertThatNullPointerException().isThrownBy(() -> ipc.createQueue(owner, null, QueueOrder.FIFO, SMALL));
        assertThatNullPointerException().isThrownBy(() -> ipc.openQueue(owner, "x".repeat(128), null));
        assertThat(reclaim.end(owner, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, maxMessages is 0", "65537, 1, maxMessages is 65537", "1, 0, maxMessageBytes is 0",
        "1, 16777217, maxMessageBytes is 16777217", "-1, -1, maxMessages is -1"})
    void limitsOutOfRangeAreRefused(int maxMessages, int maxMessageBytes, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueLimits(maxMessages, maxMessageBytes))
                .withMessageStartingWith(message + ", must be from 1 to ");
    }

    @Test
    void theLargestQueueIsCountedWithoutOverflow() {
        assertThat(new QueueLimits(65_536, 16 << 20).byteSize()).isEqualTo(1L << 40);
    }

    @Test
    void whatCannotBeSentIsRefusedAndNotSent() {
        var queue = ipc.createQueue(owner, "q", QueueOrder.PRIORITY, SMALL).get();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue.send(Message.of(new byte[11])))
                .withMessage("message has 11 bytes, must have at most 10 for queue 'q' of process " + owner);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue.send(Message.of(new byte[1]), Duration.ofNanos(-1)))
                .withMessage("timeout is PT-0.000000001S, must be zero or more");
        assertThatIllegalArgumentException().isThrownBy(() -> queue.receive(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Message.of(new byte[1], -1))
                .withMessage("priority is -1, must be from 0 to 32767");
        assertThatIllegalArgumentException().isThrownBy(() -> Message.of(new byte[1], 32_768));
        assertThatNullPointerException().isThrownBy(() -> queue.trySend(null));
        assertThat(queue.size()).isZero();
    }

    @Test
    void queuesAreShownByKindNameAndSize() {
        ipc.createQueue(owner, "orders", QueueOrder.FIFO, new QueueLimits(2, 400));
        ipc.createQueue(owner, "alarms", QueueOrder.PRIORITY, SMALL);
        long user = reclaim.start();
        ipc.openQueue(user, "orders", QueueAccess.SEND);

        assertThat(labels(owner))
                .containsExactlyInAnyOrder(
                        "fifo queue 'orders', 2 x 400 bytes", "priority queue 'alarms', 3 x 10 bytes");
        assertThat(labels(user)).containsExactly("queue 'orders' of process " + owner + ", opened for SEND");
        assertThat(reclaim.processes().inventory().resources(owner)).extracting(ResourceInfo::bytes)
                .containsExactlyInAnyOrder(800L, 30L);
    }

    private List<String> labels(long pid) {
        return reclaim.processes().inventory().resources(pid).stream().map(ResourceInfo::label).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(Message message) {
        return new String(message.content(), UTF_8);
    }
}
