package org.reclaim.orchestrator.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.table.ResourceTypes;

/** Changes single settings, each checked. For one thread. */
public final class SettingsBuilder {

    private static final Duration MAX_DURATION = Duration.ofDays(1);
    private static final int MAX_HISTORY = 1_000_000;
    private static final int MAX_PLACES = 1_000_000;

    private Duration deadline;
    private Duration grace;
    private Duration frontWait;
    private Duration stopDeadline;
    private Duration startupGrace;
    private int historySize;
    private List<String> expectedTypes;
    private OrphanPolicy orphans;
    private SchedulerSettings scheduler;
    private long childrenPerProcess;
    private long processesInTotal;
    private final Map<String, Duration> deadlines;
    private final Map<String, Integer> rankings;
    private final Map<String, ResourceLimits> limits;

    /**
     * Starts from given settings.
     *
     * @param from what counts unless it is changed
     */
    public SettingsBuilder(Settings from) {
        deadline = from.deadline();
        deadlines = new HashMap<>(from.deadlines());
        grace = from.grace();
        frontWait = from.frontWait();
        stopDeadline = from.stopDeadline();
        startupGrace = from.startupGrace();
        historySize = from.historySize();
        rankings = new HashMap<>(from.rankings());
        expectedTypes = from.expectedTypes();
        limits = new HashMap<>(from.limits());
        orphans = from.orphans();
        scheduler = from.scheduler();
        childrenPerProcess = from.childrenPerProcess();
        processesInTotal = from.processesInTotal();
    }

    /** How long one type's cleanup may take. */
    public void deadline(Duration value) {
        deadline = positive("deadline", value);
    }

    /** The same for one type. */
    public void deadline(String resourceType, Duration value) {
        deadlines.put(ResourceTypes.requireValid(resourceType), positive("deadline." + resourceType, value));
    }

    /** How long tasks and commands may take to stop. */
    public void grace(Duration value) {
        grace = bounded("grace", value);
    }

    /** How long a front waits for its bundle. */
    public void frontWait(Duration value) {
        frontWait = bounded("front.wait", value);
    }

    /** How long stopping may take in all. */
    public void stopDeadline(Duration value) {
        stopDeadline = positive("stop.deadline", value);
    }

    /** How long expected types may be missing after the start. */
    public void startupGrace(Duration value) {
        startupGrace = bounded("startup.grace", value);
    }

    /** How many ends are remembered. */
    public void historySize(int value) {
        if (value < 1 || value > MAX_HISTORY) {
            throw new IllegalArgumentException("history.size is " + value + ", must be 1 to " + MAX_HISTORY);
        }
        historySize = value;
    }

    /** A ranking that overrides the service's. */
    public void ranking(String resourceType, int value) {
        rankings.put(ResourceTypes.requireValid(resourceType), value);
    }

    /** Types that should have a cleanup. */
    public void expectedTypes(List<String> types) {
        types.forEach(ResourceTypes::requireValid);
        expectedTypes = List.copyOf(types);
    }

    /** Limits of one type. */
    public void limits(String resourceType, ResourceLimits value) {
        limits.put(ResourceTypes.requireValid(resourceType), value);
    }

    /** The limits of one type so far. */
    public ResourceLimits limits(String resourceType) {
        return limits.getOrDefault(resourceType, ResourceLimits.NONE);
    }

    /** What happens to orphans of commands. */
    public void orphans(OrphanPolicy value) {
        orphans = value;
    }

    /** How many processes may run at a time; 0 for no limit. */
    public void places(int value) {
        if (value < 0 || value > MAX_PLACES) {
            throw new IllegalArgumentException(
                    "scheduler.places is " + value + ", must be 1 to " + MAX_PLACES + ", or 0 for no limit");
        }
        scheduler = new SchedulerSettings(value, scheduler.policy(), scheduler.ageing());
    }

    /** Who gets the next place. */
    public void policy(SchedulingPolicy value) {
        scheduler = new SchedulerSettings(scheduler.places(), value, scheduler.ageing());
    }

    /** How long waiting takes to raise the priority by one. */
    public void ageing(Duration value) {
        scheduler = new SchedulerSettings(
                scheduler.places(), scheduler.policy(), positive("scheduler.ageing", value));
    }

    /** How many children one process may have. */
    public void childrenPerProcess(long value) {
        childrenPerProcess = notNegative("limit.process.children", value);
    }

    /** How many processes may be alive. */
    public void processesInTotal(long value) {
        processesInTotal = notNegative("limit.total.processes", value);
    }

    /** The settings. */
    public Settings build() {
        return new Settings(
                deadline, deadlines, grace, frontWait, stopDeadline, startupGrace, historySize, rankings,
                expectedTypes, limits, orphans, scheduler, childrenPerProcess, processesInTotal);
    }

    private static long notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 0 or more");
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", must be more than zero");
        }
        return bounded(name, value);
    }

    private static Duration bounded(String name, Duration value) {
        if (value.isNegative() || value.compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ", must be from zero to " + MAX_DURATION);
        }
        return value;
    }
}
