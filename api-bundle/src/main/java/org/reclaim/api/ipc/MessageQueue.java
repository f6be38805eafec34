package org.reclaim.api.ipc;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A message queue, as one process has it open: the owner, who created it, or another that opened it by its name. Any
 * thread may use it. Which of several that wait gets the next message, or the next room, is not said.
 *
 * <p>Every use throws {@link IpcClosedException} once the owner has closed its handle or ended, and once this process
 * has closed its own or ended; who waits at that moment is woken by it. Messages that are in the queue when the owner
 * closes it are gone. If the bundle of the type is away then, all that comes when it is back.
 */
public final class MessageQueue {

    private final QueueObject queue;
    private final long pid;
    private final QueueAccess access;
    private final boolean owner;
    private volatile boolean closed;

    MessageQueue(QueueObject queue, long pid, QueueAccess access, boolean owner) {
        this.queue = queue;
        this.pid = pid;
        this.access = access;
        this.owner = owner;
    }

    /**
     * Its name.
     *
     * @return as it was created
     */
    public String name() {
        return queue.name();
    }

    /**
     * Who created it.
     *
     * @return the pid of its owner, from 1
     */
    public long ownerPid() {
        return queue.ownerPid();
    }

    /**
     * Which message comes next.
     *
     * @return as it was created
     */
    public QueueOrder order() {
        return queue.order();
    }

    /**
     * How much it holds at most.
     *
     * @return as it was created
     */
    public QueueLimits limits() {
        return queue.limits();
    }

    /**
     * What this process may do with it.
     *
     * @return both for the owner
     */
    public QueueAccess access() {
        return access;
    }

    /**
     * How many messages are in it.
     *
     * @return at this moment; 0 once it is closed
     */
    public int size() {
        return queue.messages().size();
    }

    /**
     * Sends a message, and waits as long as the queue is full.
     *
     * @param message what to send
     * @throws InterruptedException     if the thread is interrupted before or while it waits; nothing was sent
     * @throws IpcClosedException       if the queue is closed, or is closed while this waits; nothing was sent
     * @throws IllegalArgumentException if the message is longer than the queue takes
     * @throws IllegalStateException    if the queue was opened to receive
     */
    public void send(Message message) throws InterruptedException {
        requireSendable(message);
        queue.messages().put(message, MessageBuffer.FOREVER, this::requireOpen);
    }

    /**
     * As {@link #send(Message)}, for a limited time.
     *
     * @param message what to send
     * @param timeout how long to wait at most, from zero
     * @return false if the queue was full all that time; nothing was sent
     * @throws InterruptedException     if the thread is interrupted before or while it waits; nothing was sent
     * @throws IpcClosedException       if the queue is closed, or is closed while this waits; nothing was sent
     * @throws IllegalArgumentException if the message is longer than the queue takes, or {@code timeout} negative
     * @throws IllegalStateException    if the queue was opened to receive
     */
    public boolean send(Message message, Duration timeout) throws InterruptedException {
        requireSendable(message);
        return queue.messages().put(message, MessageBuffer.nanos(timeout), this::requireOpen);
    }

    /**
     * Sends a message if the queue is not full.
     *
     * @param message what to send
     * @return false if it is full; nothing was sent
     * @throws IpcClosedException       if the queue is closed
     * @throws IllegalArgumentException if the message is longer than the queue takes
     * @throws IllegalStateException    if the queue was opened to receive
     */
    public boolean trySend(Message message) {
        requireSendable(message);
        return queue.messages().tryPut(message, this::requireOpen);
    }

    /**
     * Receives the next message, and waits as long as there is none.
     *
     * @return the message, which nobody else gets
     * @throws InterruptedException  if the thread is interrupted before or while it waits; nothing was received
     * @throws IpcClosedException    if the queue is closed, or is closed while this waits
     * @throws IllegalStateException if the queue was opened to send
     */
    public Message receive() throws InterruptedException {
        requireMayReceive();
        return queue.messages().take(MessageBuffer.FOREVER, this::requireOpen).orElseThrow();
    }

    /**
     * As {@link #receive()}, for a limited time.
     *
     * @param timeout how long to wait at most, from zero
     * @return the message; empty if there was none all that time
     * @throws InterruptedException     if the thread is interrupted before or while it waits; nothing was received
     * @throws IpcClosedException       if the queue is closed, or is closed while this waits
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IllegalStateException    if the queue was opened to send
     */
    public Optional<Message> receive(Duration timeout) throws InterruptedException {
        requireMayReceive();
        return queue.messages().take(MessageBuffer.nanos(timeout), this::requireOpen);
    }

    /**
     * Receives the next message if there is one.
     *
     * @return the message; empty if there is none
     * @throws IpcClosedException    if the queue is closed
     * @throws IllegalStateException if the queue was opened to send
     */
    public Optional<Message> tryReceive() {
        requireMayReceive();
        return queue.messages().tryTake(this::requireOpen);
    }

    private void requireSendable(Message message) {
        Objects.requireNonNull(message, "message");
        if (!access.maySend()) {
            throw new IllegalStateException(queue + " was opened by process " + pid + " to receive, not to send");
        }
        if (message.byteSize() > limits().maxMessageBytes()) {
            throw new IllegalArgumentException("message has " + message.byteSize() + " bytes, must have at most "
                    + limits().maxMessageBytes() + " for " + queue);
        }
    }

    private void requireMayReceive() {
        if (!access.mayReceive()) {
            throw new IllegalStateException(queue + " was opened by process " + pid + " to send, not to receive");
        }
    }

    private void requireOpen() {
        if (!queue.isOpen()) {
            throw queue.closedByOwner();
        }
        if (closed) {
            throw queue.closedBy(pid);
        }
    }

    /**
     * Closes it: the owner's for everybody, another's for itself. Wakes who waits. For the resource type only; does
     * nothing if that has been done.
     */
    public void release() {
        closed = true;
        if (owner) {
            queue.close();
        } else {
            queue.messages().wakeAll();
        }
    }

    /**
     * For people.
     *
     * @return such as {@code queue 'orders' of process 3}
     */
    @Override
    public String toString() {
        return queue.toString();
    }
}
