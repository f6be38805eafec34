package org.reclaim.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a cleanup freed. Immutable.
 *
 * @param resourcesFreed    how many resources were freed, from 0
 * @param bytesFreed        how many bytes they held, from 0; 0 where a type has no size
 * @param errorsEncountered how many resources could not be freed, or calls that failed, from 0
 * @param cleanupDuration   how long it took, never negative
 * @param byType            resources freed per type, in the order of cleanup
 */
public record CleanupStats(
        long resourcesFreed,
        long bytesFreed,
        long errorsEncountered,
        Duration cleanupDuration,
        Map<String, Long> byType) {

    /** Nothing freed, no error, no time. */
    public static final CleanupStats NONE = new CleanupStats(0, 0, 0, Duration.ZERO, Map.of());

    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a number or the duration is negative
     */
    public CleanupStats {
        requireNotNegative("resourcesFreed", resourcesFreed);
        requireNotNegative("bytesFreed", bytesFreed);
        requireNotNegative("errorsEncountered", errorsEncountered);
        if (cleanupDuration.isNegative()) {
            throw new IllegalArgumentException("cleanupDuration is " + cleanupDuration + ", must not be negative");
        }
        var copy = TypeCounts.copyOf(byType);
        if (!copy.areValid()) {
            copy.forEach((type, freed) -> requireNotNegative("byType of " + type, freed));
        }
        byType = copy;
    }

    /**
     * The figures of one type.
     *
     * @param type     the resource type
     * @param freed    resources freed, from 0
     * @param bytes    bytes freed, from 0
     * @param errors   errors, from 0
     * @param duration time taken, not negative
     * @return stats whose {@link #byType()} names {@code type} alone
     * @throws IllegalArgumentException if a number or the duration is negative
     */
    public static CleanupStats of(String type, long freed, long bytes, long errors, Duration duration) {
        return new CleanupStats(freed, bytes, errors, duration, TypeCounts.of(type, freed));
    }

    /**
     * The time in whole microseconds.
     *
     * @return from 0; at least 1 if anything was freed, however fast
     */
    public long cleanupDurationMicros() {
        long micros = TimeUnit.MICROSECONDS.convert(cleanupDuration);
        return resourcesFreed > 0 ? Math.max(1, micros) : micros;
    }

    /**
     * Adds the figures of a later cleanup. Sums stop at {@link Long#MAX_VALUE}, of seconds for the duration.
     *
     * @param other what was freed after this
     * @return the sums; {@link #byType()} keeps this order, then that of {@code other}
     */
    public CleanupStats merge(CleanupStats other) {
        return sum(List.of(this, other));
    }

    /**
     * Adds up the figures of cleanups, as {@link #merge} does for two.
     *
     * @param all in the order of cleanup
     * @return the sums; {@link #NONE} of nothing
     */
    public static CleanupStats sum(List<CleanupStats> all) {
        if (all.size() < 2) {
            return all.isEmpty() ? NONE : all.getFirst();
        }
        long resources = 0;
        long bytes = 0;
        long errors = 0;
        long seconds = 0;
        long nanos = 0; // below a second each, so their sum does not overflow
        for (var stats : all) {
            resources = saturatedSum(resources, stats.resourcesFreed);
            bytes = saturatedSum(bytes, stats.bytesFreed);
            errors = saturatedSum(errors, stats.errorsEncountered);
            seconds = saturatedSum(seconds, stats.cleanupDuration.getSeconds());
            nanos += stats.cleanupDuration.getNano();
        }
        var duration = seconds > LONGEST.getSeconds() - nanos ? LONGEST : Duration.ofSeconds(seconds, nanos);
        return new CleanupStats(resources, bytes, errors, duration, TypeCounts.sum(all));
    }

    static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 0 or more");
        }
    }
}
