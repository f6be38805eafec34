package org.reclaim.api;

/** Which of the processes that wait for a place gets the next one. See {@link ProcessScheduler}. */
public enum SchedulingPolicy {
    /** The one that has waited longest. */
    FIFO,
    /**
     * The most urgent one. Waiting makes it more urgent: one step of priority for each ageing time that passes, without
     * an upper bound, so that nobody waits for ever. Among equals, the one that has waited longest.
     */
    PRIORITY,
    /**
     * One of the group that has the fewest places; among such groups, the one that was served longest ago. Within the
     * group as by {@link #PRIORITY}.
     */
    FAIR
}
