package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Together;

/** The totals are the sums of what all cleanups have done. */
class TotalsTest {

    private final Totals totals = new Totals();

    @Test
    void whatThreadsAddAtTheSameTimeIsAllInThem() throws Exception {
        Together.run(4, thread -> {
            for (int i = 0; i < 10_000; i++) {
                totals.add(result(outcome("a", Status.FREED, 2), outcome("b", Status.FAILED, 1)));
                totals.add("b", CleanupStats.of("b", 1, 5, 0, Duration.ZERO));
            }
        });

        var sums = totals.stats();
        assertThat(sums.byType()).containsExactly(Map.entry("a", 80_000L), Map.entry("b", 80_000L));
        assertThat(sums.resourcesFreed()).isEqualTo(160_000);
        assertThat(sums.bytesFreed()).isEqualTo(1_400_000);
        assertThat(sums.errorsEncountered()).isEqualTo(40_000);
        assertThat(sums.cleanupDuration()).isEqualTo(Duration.ofMillis(80));
    }

    @Test
    void typesOfWhichNothingWasHeldAreNotInThem() {
        totals.add(result(outcome("a", Status.FREED, 1), outcome("empty", Status.EMPTY, 0)));
        totals.add(result(outcome("empty", Status.EMPTY, 0)));

        assertThat(totals.stats().byType()).containsOnlyKeys("a");
    }

    @Test
    void theyGrowNoFurtherThanNumbersGo() {
        totals.add("a", CleanupStats.of("a", Long.MAX_VALUE, Long.MAX_VALUE, 1, Duration.ofNanos(Long.MAX_VALUE)));
        totals.add("a", CleanupStats.of("a", 1, 1, Long.MAX_VALUE, Duration.ofNanos(1)));

        var sums = totals.stats();
        assertThat(sums.resourcesFreed()).isEqualTo(Long.MAX_VALUE);
        assertThat(sums.bytesFreed()).isEqualTo(Long.MAX_VALUE);
        assertThat(sums.errorsEncountered()).isEqualTo(Long.MAX_VALUE);
        assertThat(sums.byType()).containsEntry("a", Long.MAX_VALUE);
        assertThat(sums.cleanupDuration()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    }

    private static TypeOutcome outcome(String type, Status status, long freed) {
        long errors = status == Status.FAILED ? 1 : 0;
        return new TypeOutcome(
                type, status, CleanupStats.of(type, freed, 10 * freed, errors, Duration.ofNanos(1_000)), "");
    }

    private static CleanupResult result(TypeOutcome... outcomes) {
        var all = List.of(outcomes);
        return new CleanupResult(1, CleanupStats.sum(all.stream().map(TypeOutcome::stats).toList()), all);
    }
}
