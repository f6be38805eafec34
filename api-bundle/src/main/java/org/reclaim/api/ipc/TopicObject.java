package org.reclaim.api.ipc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A topic and its subscriptions. What is published reaches all of them in the same order, because one thread at a time
 * publishes; it never waits for a subscriber. Its lock is taken before that of a subscription's buffer, never after.
 */
final class TopicObject extends NamedObject {

    private final int maxMessageBytes;

    /** Under the lock of this object. */
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();

    private volatile boolean open = true;

    TopicObject(IpcNamespace namespace, String name, long ownerPid, int maxMessageBytes) {
        super(namespace, name, ownerPid);
        this.maxMessageBytes = maxMessageBytes;
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    String kind() {
        return "topic";
    }

    @Override
    boolean isOpen() {
        return open;
    }

    /** False if it is closed. */
    synchronized boolean add(Subscription subscription) {
        return open && subscriptions.add(subscription);
    }

    synchronized void remove(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    synchronized int subscribers() {
        return subscriptions.size();
    }

    /** Returns how many got it. */
    synchronized int publish(Message message, Runnable requireOpen) {
        requireOpen.run();
        int reached = 0;
        for (var subscription : subscriptions) {
            if (subscription.offer(message)) {
                reached++;
            }
        }
        return reached;
    }

    /** Ends it for everybody. */
    void close() {
        List<Subscription> ended;
        synchronized (this) {
            open = false;
            ended = List.copyOf(subscriptions);
            subscriptions.clear();
        }
        ended.forEach(Subscription::topicClosed);
        forgetName();
    }
}
