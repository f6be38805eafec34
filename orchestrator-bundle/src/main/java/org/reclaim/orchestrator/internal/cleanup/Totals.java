package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;

/**
 * Everything freed so far. Sums that are changed in place, under a lock that is held for some additions: an immutable
 * sum would be made anew at each end, and putting what is new where it has to stay costs a collector's barrier besides.
 * None grows beyond {@link Long#MAX_VALUE}.
 */
final class Totals {

    private final Map<String, long[]> byType = new LinkedHashMap<>();
    private long resources;
    private long bytes;
    private long errors;
    private long nanos;

    /** Adds what a cleanup has done, unless that is nothing. */
    void add(CleanupResult result) {
        if (isAnything(result.stats())) {
            synchronized (this) {
                for (var outcome : result.outcomes()) {
                    if (outcome.status() != TypeOutcome.Status.EMPTY) {
                        sumUp(outcome.resourceType(), outcome.stats());
                    }
                }
            }
        }
    }

    /** Adds what has been done of one type, unless that is nothing. */
    void add(String resourceType, CleanupStats stats) {
        if (isAnything(stats)) {
            synchronized (this) {
                sumUp(resourceType, stats);
            }
        }
    }

    private static boolean isAnything(CleanupStats stats) {
        return stats.resourcesFreed() > 0 || stats.errorsEncountered() > 0;
    }

    private void sumUp(String resourceType, CleanupStats stats) {
        var ofType = byType.get(resourceType);
        if (ofType == null) {
            ofType = new long[1];
            byType.put(resourceType, ofType);
        }
        ofType[0] = sum(ofType[0], stats.resourcesFreed());
        resources = sum(resources, stats.resourcesFreed());
        bytes = sum(bytes, stats.bytesFreed());
        errors = sum(errors, stats.errorsEncountered());
        nanos = sum(nanos, stats.cleanupDuration().toNanos());
    }

    private static long sum(long first, long second) {
        long sum = first + second;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** As they are at the moment. */
    synchronized CleanupStats stats() {
        var counts = new LinkedHashMap<String, Long>();
        byType.forEach((type, count) -> counts.put(type, count[0]));
        return new CleanupStats(resources, bytes, errors, Duration.ofNanos(nanos), counts);
    }
}
