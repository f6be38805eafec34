package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits for the completions of one instance.
 *
 * <p>At most one thread waits in the kernel, the leader: in ppoll(2), for the instance and for an eventfd(2) by which
 * it is woken. It could wait in io_uring_enter(2) for several completions at once, but could not be woken there without
 * completions made up for it. All other threads wait here for the leader to return. A platform thread that finds no
 * leader becomes it; for a virtual thread, whose carrier must stay free, a thread of ours does.
 *
 * <p>Nothing is missed: the kernel says at once that there are completions, for as long as there are; and who was about
 * to wait when {@link #wake} was called is told by the number of calls, which he has read before he last looked.
 */
final class CompletionWait {

    private static final ExecutorService LEADERS = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform()
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .name("reclaim-io_uring-wait-", 0)
                    .factory());

    private static final short POLLIN = 1;
    private static final long POLLFD_BYTES = 8;
    private static final long EVENTS = 4;
    private static final long REVENTS = 6;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final RingCalls calls;
    private final int wakeUp;

    // Used by the leader, of whom there is one.
    private final MemorySegment descriptors;
    private final MemorySegment timeout;
    private final MemorySegment errno;
    private final MemorySegment count;

    // Used by all who wake: what is written is always the same, and what becomes of it does not matter.
    private final MemorySegment one;
    private final MemorySegment wakersErrno;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Whether there is a leader. Guarded by the lock. */
    private boolean led;

    /** How often {@link #wake} was called. Written under the lock. */
    private volatile long wakes;

    CompletionWait(int ring, int wakeUp, Arena arena, RingCalls calls) {
        this.calls = calls;
        this.wakeUp = wakeUp;
        descriptors = arena.allocate(2 * POLLFD_BYTES, Long.BYTES);
        descriptors.set(JAVA_INT, 0, ring);
        descriptors.set(JAVA_SHORT, EVENTS, POLLIN);
        descriptors.set(JAVA_INT, POLLFD_BYTES, wakeUp);
        descriptors.set(JAVA_SHORT, POLLFD_BYTES + EVENTS, POLLIN);
        timeout = arena.allocate(2L * Long.BYTES, Long.BYTES);
        errno = arena.allocate(RingCalls.ERRNO);
        count = arena.allocate(JAVA_LONG);
        one = arena.allocateFrom(JAVA_LONG, 1);
        wakersErrno = arena.allocate(RingCalls.ERRNO);
    }

    /** How often all have been woken; to be read before one looks whether there is anything to wait for. */
    long wakes() {
        return wakes;
    }

    /**
     * Waits until there may be completions, {@link #wake} has been called since {@code seen} was read, or the time is
     * over; sometimes for less.
     */
    void await(long seen, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (wakes != seen) {
                return;
            }
            if (!led && Thread.currentThread().isVirtual()) {
                LEADERS.execute(this::leadForOthers);
                led = true; // not read before this thread lets go of the lock, which it does by waiting
            }
            if (led) {
                changed.awaitNanos(nanos);
                return;
            }
            led = true;
        } finally {
            lock.unlock();
        }
        leadInterruptibly(nanos);
    }

    /** Lets all threads that wait look again. */
    void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
            if (led) {
                wakeLeader();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits, after {@link #wake}, until no thread is in the kernel; false if one still is when the time is over. */
    boolean awaitNoLeader(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (led && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !led;
        } finally {
            lock.unlock();
        }
    }

    private void leadInterruptibly(long nanos) throws InterruptedException {
        var wait = new InterruptibleWait();
        try {
            wait.lead(nanos);
        } catch (AsynchronousCloseException e) {
            Thread.interrupted(); // only an interrupt closes it, and the exception says so
            throw (InterruptedException) new InterruptedException("while waiting for completions").initCause(e);
        }
    }

    /** Whoever it was begun for may have given up meanwhile: it goes on until there is something. */
    private void leadForOthers() {
        lead(Long.MAX_VALUE);
    }

    private void lead(long nanos) {
        try {
            timeout.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
            timeout.set(JAVA_LONG, Long.BYTES, nanos % NANOS_PER_SECOND);
            // A failure, as when a signal arrives, is an early return. Descriptors and pointers are right.
            calls.ppoll(errno, descriptors, 2, timeout);
            if (descriptors.get(JAVA_SHORT, POLLFD_BYTES + REVENTS) != 0) {
                calls.read(errno, wakeUp, count); // resets it; does not wait
            }
        } finally {
            lock.lock();
            led = false;
            changed.signalAll();
            lock.unlock();
        }
    }

    private void wakeLeader() {
        calls.write(wakersErrno, wakeUp, one);
    }

    /** Lets an interrupt end a wait in the kernel, as the JDK's channels do. For one wait. */
    private final class InterruptibleWait extends AbstractInterruptibleChannel {

        void lead(long nanos) throws AsynchronousCloseException {
            try {
                begin();
                CompletionWait.this.lead(nanos);
            } finally {
                end(true);
            }
        }

        /** Called by who interrupts. */
        @Override
        protected void implCloseChannel() {
            wakeIfLed();
        }
    }

    private void wakeIfLed() {
        lock.lock();
        try {
            if (led) {
                wakeLeader();
            }
        } finally {
            lock.unlock();
        }
    }
}
