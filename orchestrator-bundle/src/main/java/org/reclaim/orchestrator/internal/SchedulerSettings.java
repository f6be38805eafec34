package org.reclaim.orchestrator.internal;

import java.time.Duration;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.SchedulingPolicy;

/**
 * Who may run.
 *
 * @param places how many processes at a time, or {@link ProcessScheduler#NO_LIMIT}
 * @param policy who gets the next place
 * @param ageing how long waiting takes to raise the priority by one
 */
public record SchedulerSettings(int places, SchedulingPolicy policy, Duration ageing) {

    /** Everybody. */
    public static final SchedulerSettings DEFAULT =
            new SchedulerSettings(ProcessScheduler.NO_LIMIT, SchedulingPolicy.FIFO, Duration.ofSeconds(10));
}
