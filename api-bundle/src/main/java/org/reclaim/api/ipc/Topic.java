package org.reclaim.api.ipc;

/**
 * A topic, as one process has it open to publish: the owner, who created it, or another that opened it by its name.
 * Each {@link Subscription} gets what is published from the moment on at which it was made, in the same order as all
 * others. Any thread may use it.
 *
 * <p>Every use throws {@link IpcClosedException} once the owner has closed its handle or ended, and once this process
 * has closed its own or ended.
 */
public final class Topic {

    private final TopicObject topic;
    private final long pid;
    private final boolean owner;
    private volatile boolean closed;

    Topic(TopicObject topic, long pid, boolean owner) {
        this.topic = topic;
        this.pid = pid;
        this.owner = owner;
    }

    TopicObject object() {
        return topic;
    }

    /**
     * Its name.
     *
     * @return as it was created
     */
    public String name() {
        return topic.name();
    }

    /**
     * Who created it.
     *
     * @return the pid of its owner, from 1
     */
    public long ownerPid() {
        return topic.ownerPid();
    }

    /**
     * How long a message can be.
     *
     * @return in bytes, as it was created
     */
    public int maxMessageBytes() {
        return topic.maxMessageBytes();
    }

    /**
     * How many are subscribed.
     *
     * @return at this moment; 0 once it is closed
     */
    public int subscribers() {
        return topic.subscribers();
    }

    /**
     * Hands a message to all subscribers. Never waits: a subscriber whose queue is full misses it, which he can see
     * from {@link Subscription#missed()}. Priorities are handed on, and change nothing.
     *
     * @param message what to publish
     * @return how many subscribers got it, from 0
     * @throws IpcClosedException       if the topic is closed
     * @throws IllegalArgumentException if the message is longer than the topic takes
     */
    public int publish(Message message) {
        if (message.byteSize() > maxMessageBytes()) {
            throw new IllegalArgumentException("message has " + message.byteSize() + " bytes, must have at most "
                    + maxMessageBytes() + " for " + topic);
        }
        return topic.publish(message, this::requireOpen);
    }

    private void requireOpen() {
        if (!topic.isOpen()) {
            throw topic.closedByOwner();
        }
        if (closed) {
            throw topic.closedBy(pid);
        }
    }

    /**
     * Closes it: the owner's for everybody, another's for itself. Wakes all subscribers who wait if it is the owner's.
     * For the resource type only; does nothing if that has been done.
     */
    public void release() {
        closed = true;
        if (owner) {
            topic.close();
        }
    }

    /**
     * For people.
     *
     * @return such as {@code topic 'news' of process 3}
     */
    @Override
    public String toString() {
        return topic.toString();
    }
}
