package org.reclaim.api;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The unified cleanup of one process: every type, in the order of cleanup.
 *
 * @param pid      the process
 * @param stats    the sum over all types
 * @param outcomes one per type, in the order of cleanup
 */
public record CleanupResult(long pid, CleanupStats stats, List<TypeOutcome> outcomes) {

    /** Copies the list. */
    public CleanupResult {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * The result of a cleanup of which nothing has been done.
     *
     * @param pid the process
     * @return no outcomes
     */
    public static CleanupResult none(long pid) {
        return new CleanupResult(pid, CleanupStats.NONE, List.of());
    }

    /**
     * Says whether nothing is left.
     *
     * @return true if every outcome is FREED or EMPTY
     */
    public boolean isSuccess() {
        for (var outcome : outcomes) { // asked at each end: a stream would cost more than the end of an idle process
            if (!outcome.status().isSettled()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Says whether anything was freed.
     *
     * @return true if at least one resource was
     */
    public boolean hasFreedResources() {
        return stats.resourcesFreed() > 0;
    }

    /**
     * What went wrong, a line per type.
     *
     * @return {@code type: STATUS (detail)} for each outcome that is neither FREED nor EMPTY
     */
    public List<String> errors() {
        return outcomes.stream()
                .filter(outcome -> !outcome.status().isSettled())
                .map(CleanupResult::describe)
                .toList();
    }

    /** The report for the log, in one line. */
    @Override
    public String toString() {
        var freed = stats.byType().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
        var line = "Process %d: freed %d resource%s, %d bytes in %d us%s"
                .formatted(
                        pid,
                        stats.resourcesFreed(),
                        stats.resourcesFreed() == 1 ? "" : "s",
                        stats.bytesFreed(),
                        stats.cleanupDurationMicros(),
                        freed.equals(" ()") ? "" : freed);
        return isSuccess() ? line : line + "; " + String.join("; ", errors());
    }

    private static String describe(TypeOutcome outcome) {
        var head = outcome.resourceType() + ": " + outcome.status();
        return outcome.detail().isEmpty() ? head : head + " (" + outcome.detail() + ")";
    }
}
