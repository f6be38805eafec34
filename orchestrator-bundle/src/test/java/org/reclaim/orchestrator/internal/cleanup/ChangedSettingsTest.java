package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Settings change while the platform runs, and count for what begins from then on. */
class ChangedSettingsTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final Hang hang = new Hang();
    private final TestPlatform platform = TestPlatform.create();

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    @Test
    void aRankingReordersWhatIsBoundAndGoesBackToThatOfTheService() {
        platform.bind(new Shelf("first", platform.tables()), 30);
        var second = platform.bind(new Shelf("second", platform.tables()), 20);
        platform.bind(new Shelf("third", platform.tables()), 10);

        platform.change(settings -> settings.ranking("third", 40));

        assertThat(platform.orchestrator().registeredTypes()).containsExactly("third", "first", "second");
        assertThat(platform.inventory().types()).extracting(ResourceTypeInfo::ranking).containsExactly(40, 30, 20);
        assertThat(platform.terminate(platform.start()).cleanup().outcomes())
                .extracting(outcome -> outcome.resourceType())
                .containsExactly("third", "first", "second");

        // A service's new ranking counts only as far as the settings say nothing of it.
        platform.change(settings -> settings.ranking("second", 35));
        platform.orchestrator().rank(second, 50);
        assertThat(platform.orchestrator().registeredTypes()).containsExactly("third", "second", "first");
    }

    @Test
    void whatTheSettingsNoLongerSayIsThatOfTheService() {
        try (var other = TestPlatform.create(settings -> settings.ranking("b", 99))) {
            other.bind(new Shelf("a", other.tables()), 2);
            other.bind(new Shelf("b", other.tables()), 1);
            assertThat(other.orchestrator().registeredTypes()).containsExactly("b", "a");

            other.change(settings -> settings.ranking("b", 0));

            assertThat(other.orchestrator().registeredTypes()).containsExactly("a", "b");
        }
    }

    @Test
    void aDeadlineCountsFromTheNextEndOnAndNotForOneInProgress() throws Exception {
        var shelf = new Shelf("slow", platform.tables(), item -> hang.ignoringInterrupts());
        platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.hold(pid);
        var end = new AtomicReference<ProcessEnd>();
        long start = System.nanoTime();
        Together.run(
                thread -> end.set(platform.terminate(pid)),
                thread -> {
                    hang.awaitInside(1);
                    platform.change(settings -> settings.deadline(LONG));
                });
        assertThat(TestPlatform.outcome(end.get(), "slow").status()).isEqualTo(Status.TIMED_OUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);

        platform.change(settings -> settings.deadline("slow", Duration.ofMillis(50)));
        long other = platform.start();
        shelf.hold(other);
        assertThat(platform.outcomeOfEnd(other, "slow").detail()).contains("within PT0.05S");
    }

    @Test
    void aGraceTimeCountsFromTheNextEndOn() {
        platform.change(settings -> settings.grace(LONG));
        platform.change(settings -> settings.grace(Duration.ZERO));
        long pid = platform.start(ProcessSpec.task("stubborn", hang::ignoringInterrupts));
        hang.awaitInside(1);
        long start = System.nanoTime();

        platform.terminate(pid);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    }

    @Test
    void theHistoryShrinksAtOnce() {
        for (int i = 0; i < 10; i++) {
            platform.terminate(platform.start());
        }

        platform.change(settings -> settings.historySize(3));

        assertThat(platform.processes().history()).extracting(end -> end.process().pid()).containsExactly(10L, 9L, 8L);
    }

    @Test
    void aTypeThatIsExpectedFromNowOnIsMissedOnceAndOneThatIsNotIsForgotten() {
        platform.change(settings -> settings.startupGrace(Duration.ZERO));
        platform.bind(new Shelf("here", platform.tables()), 0);
        try (var logs = Logs.of(CoverageMonitor.class)) {
            platform.change(settings -> settings.expectedTypes(List.of("here", "away", "never")));
            platform.orchestrator().started();
            awaitWarnings(logs, 2);

            platform.change(settings -> settings.historySize(5));
            platform.change(settings -> settings.expectedTypes(List.of("here", "away")));
            assertThat(logs.warnings()).hasSize(2);
            assertThat(platform.inventory().coverage().missing()).containsExactly("away");

            platform.change(settings -> settings.expectedTypes(List.of("away", "never")));
            assertThat(logs.warnings()).hasSize(3).last().asString().contains("'never' not registered");

            platform.bind(new Shelf("away", platform.tables()), 0);
            assertThat(logs.infos()).singleElement().asString().contains("'away' is registered again");
        }
    }

    private static void awaitWarnings(Logs logs, int count) {
        Patience.until(() -> logs.warnings().size() == count);
    }

    @Test
    void aLimitCountsFromTheNextReservationOn() {
        var shelf = new Shelf("items", platform.tables());
        platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.hold(pid, 100, "big");

        platform.change(settings -> settings.limits("items", new ResourceLimits(50, 1000)));
        assertThatThrownBy(() -> shelf.hold(pid, 1, "small"))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessageContaining("process " + pid);

        platform.change(settings -> settings.limits("items", new ResourceLimits(200, 100)));
        long other = platform.start();
        assertThatThrownBy(() -> shelf.hold(other, 1, "small"))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessageContaining("all processes together");

        platform.change(settings -> settings.limits("items", new ResourceLimits(200, 101)));
        shelf.hold(other, 1, "small");
    }
}
