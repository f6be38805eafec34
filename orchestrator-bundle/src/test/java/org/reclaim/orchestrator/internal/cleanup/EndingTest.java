package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Types that want to know that a process ends. */
class EndingTest {

    private final TestPlatform platform = TestPlatform.create();
    private final ConcurrentLinkedQueue<Long> told = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        platform.close();
    }

    private static final class EndingShelf extends Shelf implements ProcessEnding {
        private final LongConsumer ending;

        EndingShelf(ResourceTables tables, LongConsumer ending) {
            super("table", tables);
            this.ending = ending;
        }

        @Override
        public void ending(long pid) {
            ending.accept(pid);
        }
    }

    private static class EndingAsked extends Asked implements ProcessEnding {
        private final LongConsumer ending;

        EndingAsked(LongConsumer ending) {
            super("asked");
            this.ending = ending;
        }

        @Override
        public void ending(long pid) {
            ending.accept(pid);
        }
    }

    @Test
    void whoHoldsSomethingOfTheProcessIsToldOnceOnAWorker() {
        var threads = new ConcurrentLinkedQueue<Thread>();
        LongConsumer note = pid -> {
            threads.add(Thread.currentThread());
            told.add(pid);
        };
        var shelf = new EndingShelf(platform.tables(), note);
        var asked = new EndingAsked(note);
        platform.bind(shelf, 2);
        platform.bind(asked, 1);
        long holds = platform.start();
        long holdsNot = platform.start();
        shelf.hold(holds);

        platform.terminate(holds);
        platform.terminate(holdsNot);

        Patience.until(() -> !told.isEmpty());
        platform.terminate(holds);
        assertThat(told).containsExactly(holds);
        assertThat(threads).doesNotContain(Thread.currentThread());
    }

    @Test
    void nobodyWaitsForIt() {
        try (var hang = new Hang()) {
            var shelf = new EndingShelf(platform.tables(), pid -> hang.ignoringInterrupts());
            platform.bind(shelf, 0);
            long pid = platform.start();
            shelf.hold(pid);

            assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.FREED);
        }
    }

    @Test
    void whoThrowsIsCleanedAllTheSameAndNamed() {
        try (var logs = Logs.of(EndAnnouncer.class)) {
            var shelf = new EndingShelf(platform.tables(), pid -> {
                throw new NoClassDefFoundError("gone");
            });
            platform.bind(shelf, 0);
            long pid = platform.start();
            shelf.hold(pid);

            assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.FREED);
            Patience.until(() -> !logs.warnings().isEmpty());
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("table failed when it was told that process " + pid + " ends")
                    .contains("NoClassDefFoundError: gone");
        }
    }

    @Test
    void whoHangsIsInterruptedNamedAndCountsAsStuckUntilItReturns() {
        try (var hang = new Hang();
                var logs = Logs.of(EndAnnouncer.class)) {
            var shelf = new EndingShelf(platform.tables(), pid -> hang.ignoringInterrupts());
            platform.bind(shelf, 0);
            long pid = platform.start();
            shelf.hold(pid);
            platform.terminate(pid);

            Patience.until(() -> hang.interrupts() == 1);
            Patience.until(() -> !logs.warnings().isEmpty());
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("table hangs since it was told that process " + pid + " ends")
                    .contains("Hang.ignoringInterrupts");
            assertThat(stuckCalls()).isEqualTo(1);

            hang.letGo();
            Patience.until(() -> stuckCalls() == 0);
        }
    }

    private int stuckCalls() {
        return platform.inventory().types().getFirst().stuckCalls();
    }

    /** More ends at once than calls are allowed at once: they wait for each other, and each is told. */
    @Test
    void everyEndIsToldHoweverManyThereAreAtOnce() throws Exception {
        int ends = 3 * Bound.MAX_CALLS;
        try (var hang = new Hang();
                var patient = TestPlatform.create(settings -> settings.deadline(Duration.ofMinutes(1)))) {
            var shelf = new EndingShelf(patient.tables(), pid -> {
                hang.ignoringInterrupts();
                told.add(pid);
            });
            patient.bind(shelf, 0);
            Together.run(ends + 1, thread -> {
                if (thread == ends) {
                    hang.awaitInside(Bound.MAX_CALLS);
                    hang.letGo();
                } else {
                    long pid = patient.start();
                    shelf.hold(pid);
                    patient.terminate(pid);
                }
            });

            Patience.until(() -> told.size() == ends);
        }
    }

    @Test
    void aTypeWithoutATableIsAskedOnTheWorkerWhetherItHoldsAnything() {
        try (var hang = new Hang()) {
            var asked = new EndingAsked(told::add) {
                @Override
                public boolean hasResources(long pid) {
                    hang.ignoringInterrupts();
                    return super.hasResources(pid);
                }
            };
            platform.bind(asked, 0);
            long pid = platform.start();
            asked.hold(pid);

            assertThat(platform.outcomeOfEnd(pid, "asked").status()).isEqualTo(Status.TIMED_OUT);
            hang.letGo();
            platform.awaitSettled();
        }
    }
}
