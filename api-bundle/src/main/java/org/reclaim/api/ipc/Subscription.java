package org.reclaim.api.ipc;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a process receives of a topic: a bounded queue of its own. Any thread may use it; each message is received once.
 *
 * <p>Every use throws {@link IpcClosedException} once the owner of the topic has closed it or ended, and once this
 * process has closed the subscription or ended; who waits at that moment is woken by it. Messages that are in the queue
 * then are gone. If the bundle of the type is away then, all that comes when it is back.
 */
public final class Subscription {

    private final TopicObject topic;
    private final long pid;
    private final int maxMessages;
    private final MessageBuffer messages;
    private final AtomicLong missed = new AtomicLong();
    private volatile boolean closed;

    Subscription(TopicObject topic, long pid, int maxMessages) {
        this.topic = topic;
        this.pid = pid;
        this.maxMessages = maxMessages;
        messages = new MessageBuffer(maxMessages, QueueOrder.FIFO);
    }

    /**
     * What it is a subscription to.
     *
     * @return the topic's name
     */
    public String topic() {
        return topic.name();
    }

    /**
     * Who created the topic.
     *
     * @return the pid of the topic's owner, from 1
     */
    public long ownerPid() {
        return topic.ownerPid();
    }

    /**
     * How much it holds at most.
     *
     * @return as many messages as asked for when subscribing, each as long as the topic takes
     */
    public QueueLimits limits() {
        return new QueueLimits(maxMessages, topic.maxMessageBytes());
    }

    /**
     * How many messages can be received now.
     *
     * @return at this moment; 0 once it is closed
     */
    public int size() {
        return messages.size();
    }

    /**
     * How many messages were published and not put into this queue, because it was full.
     *
     * @return since it was made; stays readable once it is closed
     */
    public long missed() {
        return missed.get();
    }

    /**
     * Receives the oldest message, and waits as long as there is none.
     *
     * @return the message
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was received
     * @throws IpcClosedException   if the topic or the subscription is closed, or is closed while this waits
     */
    public Message receive() throws InterruptedException {
        return messages.take(MessageBuffer.FOREVER, this::requireOpen).orElseThrow();
    }

    /**
     * As {@link #receive()}, for a limited time.
     *
     * @param timeout how long to wait at most, from zero
     * @return the message; empty if there was none all that time
     * @throws InterruptedException     if the thread is interrupted before or while it waits; nothing was received
     * @throws IpcClosedException       if the topic or the subscription is closed, or is closed while this waits
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public Optional<Message> receive(Duration timeout) throws InterruptedException {
        return messages.take(MessageBuffer.nanos(timeout), this::requireOpen);
    }

    /**
     * Receives the oldest message if there is one.
     *
     * @return the message; empty if there is none
     * @throws IpcClosedException if the topic or the subscription is closed
     */
    public Optional<Message> tryReceive() {
        return messages.tryTake(this::requireOpen);
    }

    private void requireOpen() {
        if (!topic.isOpen()) {
            throw topic.closedByOwner();
        }
        if (closed) {
            throw topic.closedBy(pid);
        }
    }

    /** Called by the topic for each message; false if it is missed. */
    boolean offer(Message message) {
        boolean put = messages.tryPut(message, () -> {});
        if (!put) {
            missed.incrementAndGet();
        }
        return put;
    }

    /** Called by the topic when it is closed. */
    void topicClosed() {
        messages.close();
    }

    /** Closes it and wakes who waits. For the resource type only; does nothing if that has been done. */
    public void release() {
        // First: after this nothing is put into it any more.
        topic.remove(this);
        closed = true;
        messages.close();
    }

    /**
     * For people.
     *
     * @return such as {@code subscription of process 4 to topic 'news' of process 3}
     */
    @Override
    public String toString() {
        return "subscription of process " + pid + " to " + topic;
    }
}
