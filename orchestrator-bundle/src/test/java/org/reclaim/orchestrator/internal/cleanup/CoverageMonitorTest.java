package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Expected types that are missing. */
class CoverageMonitorTest {

    private static final String MISSING = "Resource type '%s' not registered - potential leak source!";

    private final Logs logs = Logs.of(CoverageMonitor.class);

    @AfterEach
    void close() {
        logs.close();
    }

    private static TestPlatform expecting(Duration startupGrace, String... types) {
        var platform = TestPlatform.create(settings -> {
            settings.expectedTypes(List.of(types));
            settings.startupGrace(startupGrace);
        });
        platform.orchestrator().started();
        return platform;
    }

    @Test
    void whileStartingUpItIsQuietAndThenItNamesEachMissingTypeOnce() {
        try (var platform = expecting(Duration.ofMillis(300), "here", "missing", "gone")) {
            platform.bind(new Asked("here"), 0);
            platform.bind(new Asked("unexpected"), 0);
            assertThat(logs.warnings()).isEmpty();
            Patience.until(() -> logs.warnings().size() == 2);
            platform.bind(new Asked("another"), 0);

            assertThat(logs.warnings().getFirst()).startsWith(MISSING.formatted("missing"));
            assertThat(logs.warnings().getLast()).startsWith(MISSING.formatted("gone"));
            assertThat(logs.warnings()).hasSize(2);
            assertThat(logs.infos()).isEmpty();
            assertThat(platform.inventory().coverage().missing()).containsExactly("missing", "gone");
            assertThat(platform.inventory().coverage().bound()).containsExactly("here");
        }
    }

    @Test
    void aTypeThatComesInTimeIsNeverMissed() {
        try (var platform = expecting(Duration.ofMillis(50), "late", "missing")) {
            platform.bind(new Asked("late"), 0);
            Patience.until(() -> !logs.warnings().isEmpty());

            assertThat(logs.warnings()).singleElement().asString().startsWith(MISSING.formatted("missing"));
        }
    }

    @Test
    void aTypeThatGoesIsMissedOnceAndOnceItIsBackThatIsSaidOnce() {
        try (var platform = expecting(Duration.ofHours(1), "type")) {
            for (int i = 1; i <= 3; i++) {
                var bound = platform.bind(new Asked("type"), 0);
                platform.orchestrator().rank(bound, 7);
                assertThat(logs.infos()).hasSize(i - 1);
                platform.unbind(bound);
                assertThat(logs.warnings()).hasSize(i);
            }
            assertThat(logs.warnings()).allMatch(text -> text.startsWith(MISSING.formatted("type")));
            assertThat(logs.infos()).containsOnly("Resource type 'type' is registered again");
        }
    }

    @Test
    void aReplacementThatIsBoundFirstIsNoGap() {
        try (var platform = expecting(Duration.ofHours(1), "type")) {
            var old = platform.bind(new Asked("type"), 0);
            platform.bind(new Asked("type"), 0);
            platform.unbind(old);

            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void whileThePlatformStopsTypesGoOnPurpose() {
        try (var platform = expecting(Duration.ofHours(1), "type")) {
            var bound = platform.bind(new Asked("type"), 0);
            platform.orchestrator().stopping();
            platform.unbind(bound);

            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void whoAsksIsWarnedOfEachMissingTypeEachTime() {
        try (var platform = TestPlatform.create()) {
            platform.bind(new Asked("memory"), 0);
            for (int i = 1; i <= 2; i++) {
                var coverage = platform.orchestrator().validateCoverage(List.of("sockets", "memory", "sockets"));

                assertThat(coverage.expected()).containsExactly("sockets", "memory");
                assertThat(coverage.bound()).containsExactly("memory");
                assertThat(coverage.missing()).containsExactly("sockets");
                assertThat(coverage.isComplete()).isFalse();
                assertThat(logs.warnings()).hasSize(i).containsOnly(MISSING.formatted("sockets"));
            }
        }
    }

    /** Whoever is told last must have looked last. */
    @Test
    void whateverTheOrderInWhichChangesAreToldTheLastWordIsTrue() throws Exception {
        try (var platform = expecting(Duration.ofHours(1), "type")) {
            platform.unbind(platform.bind(new Asked("type"), 0));
            Together.run(4, thread -> {
                for (int i = 0; i < 300; i++) {
                    platform.unbind(platform.bind(new Asked("type"), 0));
                }
            });

            // It is away now, so of the two messages that alternate the warning was the last one.
            assertThat(logs.warnings()).hasSize(logs.infos().size() + 1);
        }
    }
}
