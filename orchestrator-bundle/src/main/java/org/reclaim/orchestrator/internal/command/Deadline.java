package org.reclaim.orchestrator.internal.command;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long to go on looking, and how long to rest between two looks: shortly at first. For one thread. */
final class Deadline {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final long end;
    private long pause = FIRST_PAUSE_NANOS;

    private Deadline(long end) {
        this.end = end;
    }

    static Deadline in(Duration duration) {
        // Half the range of the clock is 146 years; more could not be told from the past.
        return new Deadline(System.nanoTime() + Math.min(TimeUnit.NANOSECONDS.convert(duration), Long.MAX_VALUE / 2));
    }

    long remainingNanos() {
        return Math.max(0, end - System.nanoTime());
    }

    boolean isOver() {
        return remainingNanos() == 0;
    }

    /** Rests before the next look, twice as long each time. */
    void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.min(pause, remainingNanos()));
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
}
