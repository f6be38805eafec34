package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Which cleanup counts, in which order, while they come and go. */
class BindingTest {

    private final TestPlatform platform = TestPlatform.create(settings -> settings.ranking("pinned", 75));

    @AfterEach
    void close() {
        platform.close();
    }

    private List<String> order() {
        return platform.orchestrator().registeredTypes();
    }

    private List<String> outcomesOfAnEnd() {
        return platform.terminate(platform.start()).cleanup().outcomes().stream()
                .map(TypeOutcome::resourceType)
                .toList();
    }

    @Test
    void theHighestRankingIsFirstAndAmongEqualsTheLastRegistered() {
        platform.bind(new Asked("a"), 0);
        platform.bind(new Asked("b"), 100);
        platform.bind(new Asked("c"), 0);
        platform.bind(new Asked("d"), -100);
        platform.bind(new Asked("e"), Integer.MAX_VALUE);
        platform.bind(new Asked("f"), Integer.MIN_VALUE);
        platform.bind(new Asked("g"), 0);

        assertThat(order()).containsExactly("e", "b", "g", "c", "a", "d", "f");
        assertThat(outcomesOfAnEnd()).isEqualTo(order());
        assertThat(platform.orchestrator().resourceCount()).isEqualTo(7);
    }

    @Test
    void theOrderIsWhatHappens() {
        var order = Collections.synchronizedList(new ArrayList<String>());
        long pid = platform.start();
        for (var type : List.of("one", "two", "three")) {
            var cleanup = new Asked(type) {
                @Override
                public CleanupStats cleanup(long pid) {
                    order.add(type);
                    return super.cleanup(pid);
                }
            };
            platform.bind(cleanup, 0);
            cleanup.hold(pid);
        }

        var end = platform.terminate(pid);

        assertThat(order).containsExactly("three", "two", "one");
        assertThat(end.cleanup().stats().byType().keySet()).containsExactly("three", "two", "one");
    }

    @Test
    void aRankingMayChangeWhileTheCleanupIsBound() {
        var a = platform.bind(new Asked("a"), 10);
        platform.bind(new Asked("b"), 20);
        assertThat(order()).containsExactly("b", "a");

        platform.orchestrator().rank(a, 30);

        assertThat(order()).containsExactly("a", "b");
        assertThat(outcomesOfAnEnd()).containsExactly("a", "b");
        assertThat(platform.inventory().types()).extracting(ResourceTypeInfo::ranking).containsExactly(30, 20);
    }

    @Test
    void theConfigurationOverridesTheRankingOfTheServiceWheneverThatChanges() {
        platform.bind(new Asked("high"), 100);
        platform.bind(new Asked("low"), 50);
        var pinned = platform.bind(new Asked("pinned"), 1_000);
        assertThat(order()).containsExactly("high", "pinned", "low");

        platform.orchestrator().rank(pinned, -1_000);

        assertThat(order()).containsExactly("high", "pinned", "low");
    }

    @Test
    void ofTwoCleanupsOfATypeTheLastCountsAtItsOwnRankingAndTheyTakeOverInReverseOrder() {
        var first = new Asked("twice");
        var second = new Asked("twice");
        var third = new Asked("twice");
        platform.bind(new Asked("between"), 50);
        platform.bind(first, 10, "first.bundle 1.0.0");
        try (var logs = Logs.of(Bindings.class)) {
            var boundSecond = platform.bind(second, 100, "second.bundle 2.0.0");
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("twice")
                    .contains("first.bundle 1.0.0")
                    .contains("second.bundle 2.0.0");
            assertThat(order()).containsExactly("twice", "between");
            assertThat(cleanedBy(first, second, third)).isSameAs(second);

            var boundThird = platform.bind(third, 0, "third.bundle 3.0.0");
            assertThat(order()).containsExactly("between", "twice");
            assertThat(cleanedBy(first, second, third)).isSameAs(third);

            // One that waits may go as well.
            platform.unbind(boundSecond);
            assertThat(cleanedBy(first, second, third)).isSameAs(third);
            platform.unbind(boundThird);
            assertThat(cleanedBy(first, second, third)).isSameAs(first);
        }
    }

    private Asked cleanedBy(Asked... candidates) {
        long pid = platform.start();
        for (var candidate : candidates) {
            candidate.hold(pid);
        }
        assertThat(platform.outcomeOfEnd(pid, candidates[0].resourceType()).status()).isEqualTo(Status.FREED);
        var cleaned = List.of(candidates).stream().filter(candidate -> candidate.cleaned().contains(pid)).toList();
        assertThat(cleaned).hasSize(1);
        return cleaned.getFirst();
    }

    @Test
    void unbindingTwiceDoesNothing() {
        var first = platform.bind(new Asked("type"), 0);
        platform.unbind(first);
        platform.bind(new Asked("type"), 0);
        platform.unbind(first);

        assertThat(order()).containsExactly("type");
    }

    @Test
    void unbindingWaitsForACallInFlight() throws Exception {
        var hang = new Hang();
        var type = new Asked("type") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
        try (var patient = TestPlatform.create(settings -> settings.deadline(Duration.ofSeconds(30)))) {
            var bound = patient.bind(type, 0);
            long pid = patient.start();
            type.hold(pid);
            var unbound = new AtomicBoolean();

            Together.run(
                    thread -> assertThat(patient.outcomeOfEnd(pid, "type").status()).isEqualTo(Status.FREED),
                    thread -> {
                        hang.awaitInside(1);
                        patient.unbind(bound);
                        unbound.set(true);
                        assertThat(hang.inside()).isZero();
                    },
                    thread -> {
                        hang.awaitInside(1);
                        Patience.until(bound::isClosed);
                        assertThat(bound.tryEnter()).isFalse();
                        assertThat(unbound).isFalse();
                        hang.letGo();
                    });
        }
    }

    @Test
    void unbindingDoesNotWaitForCallsThatWereGivenUp() {
        var hang = new Hang();
        var shelf = new Shelf("type", platform.tables(), item -> {
            // Two hang: the cleanup in the one, its helper in the other.
            if (item.id() == 0) {
                hang.ignoringInterrupts();
            }
            item.release();
        });
        var bound = platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.hold(pid);
        shelf.hold(pid);
        platform.terminate(pid);
        hang.awaitInside(2);

        try (var logs = Logs.of(Bindings.class)) {
            platform.unbind(bound);
            assertThat(logs.warnings()).isEmpty();
        }
        assertThat(hang.inside()).isEqualTo(2);
        hang.letGo();
    }

    @Test
    void unbindingFromWithinItsOwnCallDoesNotWaitForItself() {
        var bound = new AtomicReference<Bound>();
        var type = new Asked("type") {
            @Override
            public CleanupStats cleanup(long pid) {
                platform.unbind(bound.get());
                return super.cleanup(pid);
            }
        };
        bound.set(platform.bind(type, 0));
        long pid = platform.start();
        type.hold(pid);

        try (var logs = Logs.of(Bindings.class)) {
            assertThat(platform.outcomeOfEnd(pid, "type").status()).isEqualTo(Status.FREED);
            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void aTypeThatWasUnboundBetweenIsCleanedByTheOneThatNowCounts() {
        var old = new Asked("swapped");
        var replacement = new Asked("swapped");
        var bound = platform.bind(old, 0);
        var swapping = new Asked("first") {
            @Override
            public CleanupStats cleanup(long pid) {
                platform.bind(replacement, 0);
                platform.unbind(bound);
                return super.cleanup(pid);
            }
        };
        platform.bind(swapping, 100);
        long pid = platform.start();
        swapping.hold(pid);
        old.hold(pid);
        replacement.hold(pid);

        assertThat(platform.outcomeOfEnd(pid, "swapped").status()).isEqualTo(Status.FREED);
        assertThat(old.cleaned()).isEmpty();
        assertThat(replacement.cleaned()).containsExactly(pid);
    }

    /** What an earlier version of a plug-in kept in a table, a later one may keep elsewhere. */
    @Test
    void aCleanupThatDoesNotUseTheTableOfItsPredecessorIsAsked() {
        var opener = platform.tablesOf(new ClassLoader() {});
        var old = new Shelf("type", opener);
        var bound = platform.bind(old, 0);
        old.hold(platform.start()).close();
        platform.unbind(bound);
        old.table().detach();
        var successor = new Asked("type");
        platform.bind(successor, 0);
        long pid = platform.start();
        successor.hold(pid);

        assertThat(platform.outcomeOfEnd(pid, "type").status()).isEqualTo(Status.FREED);
        assertThat(successor.cleaned()).containsExactly(pid);
    }
}
