package org.reclaim.orchestrator.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.ResourceLimits;

/**
 * How the platform behaves. Immutable.
 *
 * @param deadline      how long the cleanup of one type may take
 * @param deadlines     the same for single types
 * @param grace         how long tasks and commands may take to stop
 * @param frontWait     how long a call to a manager waits for its bundle
 * @param stopDeadline  how long stopping the platform may take in all
 * @param startupGrace  how long expected types may be missing without a warning after all was started
 * @param historySize   how many ends are remembered
 * @param rankings      rankings that override those of the services, by type
 * @param expectedTypes types that should have a cleanup
 * @param limits        limits by type
 * @param orphans       what happens to processes that outlive the command that started them
 * @param scheduler     who may run
 * @param childrenPerProcess how many children one process may have
 * @param processesInTotal   how many processes may be alive, those of bundles not counted
 */
public record Settings(
        Duration deadline,
        Map<String, Duration> deadlines,
        Duration grace,
        Duration frontWait,
        Duration stopDeadline,
        Duration startupGrace,
        int historySize,
        Map<String, Integer> rankings,
        List<String> expectedTypes,
        Map<String, ResourceLimits> limits,
        OrphanPolicy orphans,
        SchedulerSettings scheduler,
        long childrenPerProcess,
        long processesInTotal) {

    /** What counts unless it is set. Off-heap memory: as much as the heap may have, as for direct buffers. */
    public static final Settings DEFAULT = new Settings(
            Duration.ofSeconds(5),
            Map.of(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            1_000,
            Map.of(),
            List.of(),
            Map.of("memory", new ResourceLimits(
                    Runtime.getRuntime().maxMemory(), Runtime.getRuntime().maxMemory())),
            OrphanPolicy.IGNORE,
            SchedulerSettings.DEFAULT,
            Long.MAX_VALUE,
            Long.MAX_VALUE);

    /** Copies the collections. */
    public Settings {
        deadlines = Map.copyOf(deadlines);
        rankings = Map.copyOf(rankings);
        expectedTypes = List.copyOf(expectedTypes);
        limits = Map.copyOf(limits);
    }

    /** The deadline of one type. */
    public Duration deadline(String resourceType) {
        return deadlines.getOrDefault(resourceType, deadline);
    }

    /** The limits of one type. */
    public ResourceLimits limits(String resourceType) {
        return limits.getOrDefault(resourceType, ResourceLimits.NONE);
    }
}
