package org.reclaim.orchestrator.internal.cleanup;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Waiting without sleep, for what another thread is likely to have done before one could be woken. */
final class BriefSpin {

    private static final long LONGEST_NANOS = 50_000;

    /** Between two looks at what the other thread writes: each look costs it the line of cache. */
    private static final int SPINS_PER_LOOK = 50;

    private final int most;
    private final AtomicInteger spinning = new AtomicInteger();

    /**
     * Nobody waits.
     *
     * @param most so many threads do at once: each has a processor that nobody else gets meanwhile
     */
    BriefSpin(int most) {
        this.most = most;
    }

    /**
     * Waits. Any thread.
     *
     * @param done asked now and then
     * @return false if it was not done in time, or if enough other threads wait like this
     */
    boolean until(BooleanSupplier done) {
        try {
            return spinning.incrementAndGet() <= most && spin(done);
        } finally {
            spinning.decrementAndGet();
        }
    }

    private static boolean spin(BooleanSupplier done) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LONGEST_NANOS) {
            for (int i = 0; i < SPINS_PER_LOOK; i++) {
                Thread.onSpinWait();
            }
            if (done.getAsBoolean()) {
                return true;
            }
        }
        return false;
    }
}
