package org.reclaim.orchestrator.internal.cleanup;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Waiting without sleep, for what another thread is likely to have done before one could be woken. */
final class BriefSpin {

    private static final long LONGEST_NANOS = 50_000;

    /** Between two looks at what the other thread writes: each look costs it the line of cache. */
    private static final int SPINS_PER_LOOK = 50;

    /** So many threads do that at once, because each has a processor that nobody else gets meanwhile. */
    private static final int MOST = Runtime.getRuntime().availableProcessors() / 2;

    private static final AtomicInteger SPINNING = new AtomicInteger();

    private BriefSpin() {}

    /**
     * Waits. Any thread.
     *
     * @param done asked now and then
     * @return false if it was not done in time, or if enough other threads wait like this
     */
    static boolean until(BooleanSupplier done) {
        boolean isDone = false;
        if (SPINNING.incrementAndGet() <= MOST) {
            long begin = System.nanoTime();
            while (!isDone && System.nanoTime() - begin < LONGEST_NANOS) {
                for (int i = 0; i < SPINS_PER_LOOK; i++) {
                    Thread.onSpinWait();
                }
                isDone = done.getAsBoolean();
            }
        }
        SPINNING.decrementAndGet();
        return isDone;
    }
}
