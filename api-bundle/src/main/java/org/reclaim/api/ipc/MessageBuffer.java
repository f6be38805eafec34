package org.reclaim.api.ipc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The messages of a queue or of a subscription, and who waits to put or take one.
 *
 * <p>Every call brings a check, {@code requireOpen}, that throws if its user is to use the buffer no longer. It is made
 * under the lock, at first and after each wait. Who closes something first makes the check fail, and then calls
 * {@link #close} or {@link #wakeAll}, which wake everybody under the lock. So nobody waits who should not. Nor is a
 * wake-up lost with somebody who was woken for a message (or for room) and then thrown out by the check: that check
 * failed because of a close whose waking is still to come, and others will look for the message then.
 */
final class MessageBuffer {

    /** As a time to wait. */
    static final long FOREVER = Long.MAX_VALUE;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();

    /** Under the lock. */
    private final Queue<Queued> messages;

    /** Of the next message; under the lock. */
    private long number;

    /** A message in its place: more urgent ones first, then earlier ones. */
    private record Queued(Message message, long number) implements Comparable<Queued> {

        @Override
        public int compareTo(Queued other) {
            int byPriority = Integer.compare(other.message.priority(), message.priority());
            return byPriority != 0 ? byPriority : Long.compare(number, other.number);
        }
    }

    MessageBuffer(int capacity, QueueOrder order) {
        this.capacity = capacity;
        messages = switch (order) {
            case FIFO -> new ArrayDeque<>();
            case PRIORITY -> new PriorityQueue<>();
        };
    }

    /** How long to wait at most, in nanoseconds. */
    static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must be zero or more");
        }
        return TimeUnit.NANOSECONDS.convert(timeout); // FOREVER for what is longer than that
    }

    /** Puts a message if there is room now. */
    boolean tryPut(Message message, Runnable requireOpen) {
        lock.lock();
        try {
            requireOpen.run();
            return add(message);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room; false if there was none in time. */
    boolean put(Message message, long timeoutNanos, Runnable requireOpen) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            requireOpen.run();
            while (!add(message)) {
                if (left <= 0) {
                    return false;
                }
                left = await(emptied, left);
                requireOpen.run();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next message if there is one now. */
    Optional<Message> tryTake(Runnable requireOpen) {
        lock.lock();
        try {
            requireOpen.run();
            return poll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a message; empty if none came in time. */
    Optional<Message> take(long timeoutNanos, Runnable requireOpen) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            requireOpen.run();
            var message = poll();
            while (message.isEmpty() && left > 0) {
                left = await(filled, left);
                requireOpen.run();
                message = poll();
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return messages.size();
        } finally {
            lock.unlock();
        }
    }

    /** Drops the messages and wakes all who wait; after the check of all users fails. */
    void close() {
        lock.lock();
        try {
            messages.clear();
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all who wait; after the check of some user fails. */
    void wakeAll() {
        lock.lock();
        try {
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean add(Message message) {
        if (messages.size() == capacity) {
            return false;
        }
        messages.add(new Queued(message, number++));
        filled.signal();
        return true;
    }

    private Optional<Message> poll() {
        var next = Optional.ofNullable(messages.poll());
        if (next.isPresent()) {
            emptied.signal();
        }
        return next.map(Queued::message);
    }

    /** Waits for a signal, and returns how much time is left. */
    private static long await(Condition condition, long nanos) throws InterruptedException {
        if (nanos == FOREVER) {
            condition.await(); // without a timer
            return FOREVER;
        }
        return condition.awaitNanos(nanos);
    }
}
