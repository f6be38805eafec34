package org.reclaim.api.task;

import java.time.Duration;

/**
 * When a task runs. Times are measured by the clock of {@link System#nanoTime}, so setting the time of day moves
 * nothing.
 *
 * @param kind   once, or again and again
 * @param delay  from handing it in to the first run, from zero to {@link #LONGEST}
 * @param period what is between two runs, from {@link #SHORTEST_PERIOD} to {@link #LONGEST}; zero if it runs once
 */
public record TaskSchedule(Kind kind, Duration delay, Duration period) {

    /** The longest delay and period. So long that nobody needs more, so short that no arithmetic overflows. */
    public static final Duration LONGEST = Duration.ofDays(365);

    /** The shortest period. What runs more often is better a loop. */
    public static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);

    /** How runs follow each other. */
    public enum Kind {
        /** One run. */
        ONCE,
        /** From the start of a run to the start of the next one. */
        FIXED_RATE,
        /** From the end of a run to the start of the next one. */
        FIXED_DELAY
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public TaskSchedule {
        requireInRange("delay", delay, Duration.ZERO);
        if (kind == Kind.ONCE) {
            if (!period.isZero()) {
                throw new IllegalArgumentException("period is " + period + ", must be zero for what runs once");
            }
        } else {
            requireInRange("period", period, SHORTEST_PERIOD);
        }
    }

    /**
     * One run.
     *
     * @param delay from zero to {@link #LONGEST}
     * @return a schedule
     * @throws IllegalArgumentException if it is out of range
     */
    public static TaskSchedule once(Duration delay) {
        return new TaskSchedule(Kind.ONCE, delay, Duration.ZERO);
    }

    /**
     * Runs that start at regular times. One that takes longer than the period makes the next ones late, which then
     * follow each other without a pause until they have caught up; two never run at a time.
     *
     * @param delay  before the first, from zero to {@link #LONGEST}
     * @param period from {@link #SHORTEST_PERIOD} to {@link #LONGEST}
     * @return a schedule
     * @throws IllegalArgumentException if one is out of range
     */
    public static TaskSchedule atFixedRate(Duration delay, Duration period) {
        return new TaskSchedule(Kind.FIXED_RATE, delay, period);
    }

    /**
     * Runs with regular pauses between them.
     *
     * @param delay before the first, from zero to {@link #LONGEST}
     * @param pause from {@link #SHORTEST_PERIOD} to {@link #LONGEST}
     * @return a schedule
     * @throws IllegalArgumentException if one is out of range
     */
    public static TaskSchedule withFixedDelay(Duration delay, Duration pause) {
        return new TaskSchedule(Kind.FIXED_DELAY, delay, pause);
    }

    /**
     * Tells whether there is more than one run.
     *
     * @return false for {@link Kind#ONCE}
     */
    public boolean isPeriodic() {
        return kind != Kind.ONCE;
    }

    /** For people, such as {@code every PT5S}. */
    @Override
    public String toString() {
        return switch (kind) {
            case ONCE -> delay.isZero() ? "at once" : "after " + delay;
            case FIXED_RATE -> "every " + period;
            case FIXED_DELAY -> "again " + period + " after each run";
        };
    }

    private static void requireInRange(String what, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " is " + value + ", must be " + least + " to " + LONGEST);
        }
    }
}
