package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.orchestrator.internal.testing.TestPlatform.outcome;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Cleanups that do not return in time. */
class HangingCleanupTest {

    private static final Duration DEADLINE = Duration.ofMillis(200);

    private final Hang hang = new Hang();
    private final TestPlatform platform = TestPlatform.create(settings -> {
        settings.deadline(DEADLINE);
        settings.deadline("patient", Duration.ofSeconds(20));
    });
    private final Asked next = new Asked("next");

    @AfterEach
    void letGo() {
        hang.letGo();
        platform.close();
    }

    /** Hangs in its cleanup, for one process or for all. */
    private final class Hanging extends Asked {

        private final long only;

        Hanging(long only) {
            super("hanging");
            this.only = only;
        }

        Hanging() {
            this(0);
        }

        @Override
        public CleanupStats cleanup(long pid) {
            if (only == 0 || only == pid) {
                hang.ignoringInterrupts();
            }
            return super.cleanup(pid);
        }
    }

    private long startHolding(Asked... types) {
        long pid = platform.start();
        for (var type : types) {
            type.hold(pid);
        }
        return pid;
    }

    private void bindInOrder(Asked... types) {
        for (int i = 0; i < types.length; i++) {
            platform.bind(types[i], -i);
        }
    }

    @Test
    void whoHangsIsTimedOutNamedWithItsStackAndTheNextTypesAreCleaned() {
        var hanging = new Hanging();
        bindInOrder(hanging, next);
        long pid = startHolding(hanging, next);

        try (var logs = Logs.of(CleanupRun.class)) {
            long start = System.nanoTime();
            var end = platform.terminate(pid);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(DEADLINE, DEADLINE.multipliedBy(20));
            assertThat(outcome(end, "hanging").status()).isEqualTo(Status.TIMED_OUT);
            assertThat(outcome(end, "hanging").detail()).isEqualTo("did not return within PT0.2S");
            assertThat(outcome(end, "next").status()).isEqualTo(Status.FREED);
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("hanging for process " + pid)
                    .contains("reclaim-worker: hanging of process " + pid)
                    .contains("Hang.ignoringInterrupts");
        }
        Patience.until(() -> hang.interrupts() == 1);
        assertThat(platform.inventory().types())
                .filteredOn(type -> type.resourceType().equals("hanging"))
                .singleElement()
                .satisfies(type -> assertThat(type.stuckCalls()).isEqualTo(1));
    }

    @Test
    void whoCanBeInterruptedIsSettledSoonAfter() {
        var hanging = new Asked("hanging") {
            @Override
            public CleanupStats cleanup(long pid) {
                if (cleaned().isEmpty()) {
                    cleaned().add(0L);
                    hang.untilInterrupted();
                }
                return super.cleanup(pid);
            }
        };
        platform.bind(hanging, 0);
        long pid = startHolding(hanging);

        assertThat(platform.outcomeOfEnd(pid, "hanging").status()).isEqualTo(Status.TIMED_OUT);

        // It threw when it was interrupted. That it came back is a reason to try again, without waiting for long.
        platform.awaitSettled();
        assertThat(hanging.holds(pid)).isFalse();
        assertThat(hang.interrupts()).isEqualTo(1);
    }

    @Test
    void whatComesLateIsSettledCountedAndToldAndTheEndStaysAsItWas() {
        var hanging = new Hanging();
        platform.bind(hanging, 0);
        long pid = startHolding(hanging);
        try (var logs = Logs.of(FollowUp.class)) {
            var end = platform.terminate(pid);
            assertThat(platform.unsettled()).hasSize(1);
            assertThat(platform.inventory().totals().resourcesFreed()).isZero();

            hang.letGo();
            platform.awaitSettled();

            Patience.until(() -> !logs.infos().isEmpty());
            assertThat(logs.infos())
                    .singleElement()
                    .asString()
                    .contains("Settled late: hanging of process " + pid)
                    .contains("1 resources");
            assertThat(platform.inventory().totals().byType()).containsEntry("hanging", 1L);
            assertThat(platform.terminate(pid)).isEqualTo(end);
            assertThat(outcome(end, "hanging").status()).isEqualTo(Status.TIMED_OUT);
            assertThat(hanging.cleaned()).containsExactly(pid);
        }
    }

    @Test
    void hasResourcesMayHangAsWell() {
        var hanging = new Asked("hanging") {
            @Override
            public boolean hasResources(long pid) {
                hang.ignoringInterrupts();
                return super.hasResources(pid);
            }
        };
        bindInOrder(hanging, next);
        long pid = startHolding(hanging, next);

        var end = platform.terminate(pid);

        assertThat(outcome(end, "hanging").status()).isEqualTo(Status.TIMED_OUT);
        assertThat(outcome(end, "next").status()).isEqualTo(Status.FREED);
    }

    @Test
    void everyTypeHasADeadlineOfItsOwn() {
        var hanging = new Hanging();
        var patient = new Asked("patient") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
        bindInOrder(hanging, patient, next);
        long pid = startHolding(hanging, patient, next);
        Thread.ofPlatform().daemon().start(() -> {
            Patience.until(() -> hang.interrupts() == 1 && hang.inside() == 2);
            hang.letGo();
        });

        var end = platform.terminate(pid);

        assertThat(outcome(end, "hanging").status()).isEqualTo(Status.TIMED_OUT);
        assertThat(outcome(end, "patient").status()).isEqualTo(Status.FREED);
        assertThat(outcome(end, "next").status()).isEqualTo(Status.FREED);
    }

    @Test
    void oneReleaseThatHangsKeepsOnlyItsOwnEntry() {
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (item.id() == 1) {
                hang.ignoringInterrupts();
            }
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            items.add(new Item(i));
            try (var place = shelf.table().reserve(pid, 2)) {
                place.track(items.getLast(), "item " + i);
            }
        }

        var outcome = platform.outcomeOfEnd(pid, "table");

        assertThat(outcome.status()).isEqualTo(Status.TIMED_OUT);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(499);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(998);
        assertThat(items).allMatch(item -> item.releases() == (item.id() == 1 ? 0 : 1));
        assertThat(platform.unsettled()).singleElement().satisfies(pair -> {
            assertThat(pair.resources()).isEqualTo(1);
            assertThat(pair.bytes()).isEqualTo(2);
        });

        hang.letGo();
        platform.awaitSettled();

        assertThat(items).allMatch(item -> item.releases() == 1);
        // Each is counted once, whichever thread freed it and when.
        assertThat(platform.inventory().totals().resourcesFreed()).isEqualTo(500);
        assertThat(platform.inventory().totals().bytesFreed()).isEqualTo(1_000);
        Patience.until(() -> platform.inventory().types().getFirst().live() == 0);
    }

    @Test
    void aCloseThatHangsKeepsItsCallerAndTheEndOnlyForTheDeadline() throws Exception {
        var shelf = new Shelf("table", platform.tables(), item -> {
            hang.ignoringInterrupts();
            item.release();
        });
        bindInOrder(next);
        platform.bind(shelf, 100);
        long pid = startHolding(next);
        var handle = shelf.hold(pid);
        var item = handle.get();

        Together.run(
                thread -> {
                    handle.close();
                    // Its caller waits for as long as it takes.
                    assertThat(item.releases()).isEqualTo(1);
                },
                thread -> {
                    hang.awaitInside(1);
                    var end = platform.terminate(pid);
                    assertThat(outcome(end, "table").status()).isEqualTo(Status.TIMED_OUT);
                    assertThat(outcome(end, "next").status()).isEqualTo(Status.FREED);
                    assertThat(item.isReleased()).isFalse();
                    hang.letGo();
                });

        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void aCloseThatFailsDuringTheEndIsTriedOnceMoreByTheEnd() throws Exception {
        var failing = new AtomicBoolean(true);
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (failing.getAndSet(false)) {
                hang.ignoringInterrupts();
                throw new IllegalStateException("not yet");
            }
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        var handle = shelf.hold(pid);
        var item = handle.get();

        Together.run(
                thread -> assertThatThrownBy(handle::close).isInstanceOf(ReleaseFailedException.class),
                thread -> {
                    hang.awaitInside(1);
                    assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.FREED);
                },
                thread -> {
                    Patience.until(() -> !shelf.callers().isEmpty());
                    hang.letGo();
                });

        assertThat(item.releases()).isEqualTo(1);
        assertThat(platform.unsettled()).isEmpty();
    }

    @Test
    void oneStuckCallDoesNotBecomeFourByTryingAgain() {
        var failing = new Asked("failing") {
            @Override
            public boolean hasResources(long pid) {
                throw new IllegalStateException("for ever");
            }
        };
        long stuck = platform.start();
        var hanging = new Hanging(stuck);
        bindInOrder(hanging, failing);
        hanging.hold(stuck);
        platform.terminate(stuck);

        // By then the back-off would have tried the other one twice as well.
        Patience.until(() -> platform.unsettled().stream().anyMatch(pair -> pair.tries() == 2));

        assertThat(hang.inside()).isEqualTo(1);
        long pid = startHolding(hanging);
        assertThat(platform.outcomeOfEnd(pid, "hanging").status()).isEqualTo(Status.FREED);
    }
}
