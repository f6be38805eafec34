package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.orchestrator.internal.testing.TestPlatform.outcome;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** A thousand ends with one type that hangs: neither time nor threads grow with the number of ends. */
class ManyHangingEndsTest {

    private static final int ENDS = 1_000;
    private static final Duration DEADLINE = Duration.ofMillis(200);

    /** Four sequential deadlines, and what a busy machine needs for a thousand ends. */
    private static final Duration BOUND = Duration.ofSeconds(15);

    private final Hang hang = new Hang();
    private final TestPlatform platform = TestPlatform.create(settings -> settings.deadline(DEADLINE));
    private final Asked good = new Asked("good");
    private final ConcurrentLinkedQueue<ProcessEnd> ends = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    private void end(Runnable acquire, AtomicLong pid) {
        pid.set(platform.start());
        good.hold(pid.get());
        acquire.run();
        ends.add(platform.terminate(pid.get()));
    }

    private void assertThatAllWentOn() {
        assertThat(ends).hasSize(ENDS);
        assertThat(ends).allMatch(end -> outcome(end, "good").status() == Status.FREED);
        assertThat(ends).allMatch(end -> outcome(end, "hanging").status() == Status.TIMED_OUT);
        assertThat(platform.unsettled()).hasSize(ENDS);
    }

    /** Some may idle yet: on a busy machine one that has done its work is not always seen before a new one is made. */
    private static void assertThatThreadsStayFew(long atMost) {
        assertThat(workers()).isLessThan(atMost + ENDS / 10);
        Patience.until(() -> workers() <= atMost);
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reclaim-"))
                .count();
    }

    private static Asked hangingAsked(Hang hang) {
        return new Asked("hanging") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
    }

    @Test
    void oneAfterTheOther() {
        var hanging = hangingAsked(hang);
        platform.bind(hanging, 1);
        platform.bind(good, 0);
        long before = workers();
        long start = System.nanoTime();

        for (int i = 0; i < ENDS; i++) {
            var pid = new AtomicLong();
            end(() -> hanging.hold(pid.get()), pid);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        assertThatThreadsStayFew(before + 10);
        assertThatAllWentOn();
        assertThat(hang.inside()).isEqualTo(Bound.MAX_STUCK);
        assertThat(ends.stream().skip(10).map(end -> outcome(end, "hanging").detail()))
                .containsOnly("not called: 4 earlier calls are stuck");

        // When the stuck ones return, the others are tried without waiting for a back-off that may take minutes.
        hang.letGo();
        platform.awaitSettled();
        assertThat(hanging.cleaned()).hasSize(ENDS);
        assertThat(platform.inventory().totals().byType()).containsEntry("hanging", (long) ENDS);
    }

    @Test
    void manyAtOnce() throws Exception {
        var hanging = hangingAsked(hang);
        platform.bind(hanging, 1);
        platform.bind(good, 0);
        long before = workers();
        long start = System.nanoTime();

        Together.run(50, thread -> {
            for (int i = 0; i < ENDS / 50; i++) {
                var pid = new AtomicLong();
                end(() -> hanging.hold(pid.get()), pid);
            }
        });

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        // So many are called at once, and each of the others has a worker that waits for a place, for a deadline.
        assertThat(hang.inside()).isBetween(Bound.MAX_STUCK, Bound.MAX_CALLS);
        Patience.until(() -> workers() <= before + Bound.MAX_CALLS + 60);
        assertThatAllWentOn();

        hang.letGo();
        platform.awaitSettled();
        assertThat(hanging.cleaned()).hasSize(ENDS);
    }

    @Test
    void inTheReleaserOfATable() {
        var shelf = new Shelf("hanging", platform.tables(), item -> {
            hang.ignoringInterrupts();
            item.release();
        });
        platform.bind(shelf, 1);
        platform.bind(good, 0);
        long before = workers();
        long start = System.nanoTime();

        for (int i = 0; i < ENDS; i++) {
            var pid = new AtomicLong();
            end(() -> shelf.hold(pid.get()), pid);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        assertThatThreadsStayFew(before + 10);
        assertThatAllWentOn();
        hang.letGo();
        platform.awaitSettled();
        assertThat(platform.inventory().totals().byType()).containsEntry("hanging", (long) ENDS);
    }

    /** A type that hangs when it is told of ends, but cleans well: its cleanup must not suffer for long. */
    private static final class HangingEnding extends Asked implements ProcessEnding {
        private final Hang hang;

        HangingEnding(Hang hang) {
            super("ending");
            this.hang = hang;
        }

        @Override
        public void ending(long pid) {
            hang.ignoringInterrupts();
        }
    }

    @Test
    void whenToldOfTheEnd() {
        var ending = new HangingEnding(hang);
        platform.bind(ending, 1);
        platform.bind(good, 0);
        long before = workers();
        long start = System.nanoTime();

        for (int i = 0; i < ENDS; i++) {
            var pid = new AtomicLong();
            end(() -> ending.hold(pid.get()), pid);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        assertThat(ends).allMatch(end -> outcome(end, "good").status() == Status.FREED);
        assertThat(hang.inside()).isLessThanOrEqualTo(Bound.MAX_CALLS);
        assertThatThreadsStayFew(before + Bound.MAX_CALLS + 10);

        hang.letGo();
        platform.awaitSettled();
        assertThat(ending.cleaned()).hasSize(ENDS);
    }
}
