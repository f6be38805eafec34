package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;

/**
 * Everything freed so far. Sums that are changed in place: an immutable sum would be made anew at each end, and putting
 * what is new where it has to stay costs a collector's barrier besides. In parts, each under a lock for the few
 * additions of an end, so that threads that end processes at once rarely meet. None grows beyond {@link
 * Long#MAX_VALUE}.
 */
final class Totals {

    /** A power of two. */
    private static final int PARTS = 16;

    private final Part[] parts = Stream.generate(Part::new).limit(PARTS).toArray(Part[]::new);

    /** Under its own lock. */
    private static final class Part {
        private final Map<String, long[]> byType = new LinkedHashMap<>();
        private long resources;
        private long bytes;
        private long errors;
        private long nanos;

        private void add(String resourceType, CleanupStats stats) {
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

        private synchronized CleanupStats stats() {
            var counts = new LinkedHashMap<String, Long>();
            byType.forEach((type, count) -> counts.put(type, count[0]));
            return new CleanupStats(resources, bytes, errors, Duration.ofNanos(nanos), counts);
        }

        private static long sum(long first, long second) {
            long sum = first + second;
            return sum < 0 ? Long.MAX_VALUE : sum;
        }
    }

    /** Adds what a cleanup has done, unless that is nothing. */
    void add(CleanupResult result) {
        if (isAnything(result.stats())) {
            var part = part();
            synchronized (part) {
                for (var outcome : result.outcomes()) {
                    if (outcome.status() != TypeOutcome.Status.EMPTY) {
                        part.add(outcome.resourceType(), outcome.stats());
                    }
                }
            }
        }
    }

    /** Adds what has been done of one type, unless that is nothing. */
    void add(String resourceType, CleanupStats stats) {
        if (isAnything(stats)) {
            var part = part();
            synchronized (part) {
                part.add(resourceType, stats);
            }
        }
    }

    private static boolean isAnything(CleanupStats stats) {
        return stats.resourcesFreed() > 0 || stats.errorsEncountered() > 0;
    }

    private Part part() {
        return parts[(int) Thread.currentThread().threadId() & PARTS - 1];
    }

    /** As they are at the moment. */
    CleanupStats stats() {
        return CleanupStats.sum(Stream.of(parts).map(Part::stats).toList());
    }
}
