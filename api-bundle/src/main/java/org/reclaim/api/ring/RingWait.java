package org.reclaim.api.ring;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How one side of a ring waits for the other. Nobody wakes it when the ring changes, for the other side may be any
 * program, and would pay for it with each message: it looks. First it spins, for some microseconds, then it parks
 * between two looks, a microsecond at first and each time twice as long, up to a millisecond.
 */
final class RingWait {

    private static final int SPINS = 200;
    private static final long FIRST_PARK_NANOS = 1_000;
    private static final long LONGEST_PARK_NANOS = 1_000_000;

    /** So often, about ten times a second, it also looks whether the other side's process is still there. */
    private static final int PARKS_UNTIL_LOOK = 100;

    private final ZeroCopyRing ring;

    // stop() writes the first, then reads the second; pause() writes the second, then reads the first. All are
    // volatile, so at least one of them sees the other, and nobody parks who was stopped.
    private volatile boolean stopped;
    private volatile Thread waiter;

    // Of the thread that waits; here, so that waiting makes no garbage.
    private long begin;
    private long nanos;
    private long nextPark;
    private int turns;

    RingWait(ZeroCopyRing ring) {
        this.ring = ring;
    }

    /** Ends all waiting, for good. */
    void stop() {
        stopped = true;
        LockSupport.unpark(waiter);
    }

    /** Checks a time to wait, before anything is done. */
    static Duration requireValid(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must not be negative");
        }
        return timeout;
    }

    /** To be followed by {@link #end()}. */
    void begin(Duration timeout) {
        nanos = TimeUnit.NANOSECONDS.convert(timeout);
        begin = System.nanoTime();
        nextPark = FIRST_PARK_NANOS;
        turns = 0;
    }

    /**
     * Waits until it is time to look again.
     *
     * @return false if the time is over
     */
    boolean pause() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (turns < SPINS) {
            turns++;
            Thread.onSpinWait();
            return nanos > 0;
        }
        waiter = Thread.currentThread();
        if (stopped) {
            throw ring.ended();
        }
        long left = nanos - (System.nanoTime() - begin);
        if (left <= 0) {
            return false;
        }
        LockSupport.parkNanos(this, Math.min(left, nextPark));
        nextPark = Math.min(2 * nextPark, LONGEST_PARK_NANOS);
        turns++;
        if ((turns - SPINS) % PARKS_UNTIL_LOOK == 0) {
            ring.lookForPeer();
        }
        return true;
    }

    void end() {
        waiter = null;
    }
}
