package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** What stays after an end, and is tried again. */
class UnsettledTest {

    private final TestPlatform platform = TestPlatform.create();

    @AfterEach
    void close() {
        platform.close();
    }

    /** Fails as often as it is told. */
    private static final class Failing extends Asked {
        private final AtomicInteger failures;
        private final AtomicInteger calls = new AtomicInteger();

        Failing(int failures) {
            super("failing");
            this.failures = new AtomicInteger(failures);
        }

        @Override
        public CleanupStats cleanup(long pid) {
            calls.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("failure " + calls);
            }
            return super.cleanup(pid);
        }
    }

    @Test
    void whatFailedIsTriedAgainWithGrowingDelaysUntilItIsFreed() {
        var failing = new Failing(3);
        platform.bind(failing, 0);
        long pid = platform.start();
        failing.hold(pid);
        long start = System.nanoTime();
        platform.terminate(pid);

        Patience.until(() -> platform.unsettled().getFirst().tries() == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(platform.unsettled()).singleElement().satisfies(pair -> {
            assertThat(pair.detail()).contains("failure 2");
            assertThat(pair.status()).isEqualTo(Status.FAILED);
        });
        Patience.until(() -> platform.unsettled().getFirst().tries() == 2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));

        // Binding any cleanup of the type is a reason not to wait for the next four seconds.
        platform.bind(new Asked("failing") {
            @Override
            public boolean hasResources(long pid) {
                return false;
            }
        }, 0);
        platform.awaitSettled();
        assertThat(failing.calls).hasValue(3);
    }

    @Test
    void thePairsAreListedByAgeAndGoWhenTheyAreSettled() {
        var failing = new Failing(Integer.MAX_VALUE);
        platform.bind(failing, 0);
        List<Long> pids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pids.add(platform.start());
            failing.hold(pids.getLast());
        }
        pids.reversed().forEach(platform::terminate);

        assertThat(platform.unsettled()).extracting(UnsettledResources::pid).isEqualTo(pids.reversed());
        failing.failures.set(0);
        platform.bind(failing, 0);
        platform.awaitSettled();
        assertThat(platform.inventory().totals().byType()).containsEntry("failing", 20L);
    }

    /**
     * Each release after the end may be what a pair waits for. But a try that releases a thousand is no reason for a
     * thousand tries.
     */
    @Test
    void whatIsReleasedLateIsAReasonForOneMoreTryOnly() {
        var failing = new AtomicBoolean(true);
        var stubborn = new Item(-1);
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (item == stubborn || failing.get()) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        List<ResourceHandle<Item>> handles = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            handles.add(shelf.hold(pid));
        }
        var items = handles.stream().map(ResourceHandle::get).toList();
        shelf.table().track(pid, stubborn);
        platform.terminate(pid);
        assertThat(shelf.callers()).hasSize(1);
        failing.set(false);

        // One try that frees all but one, and one more because something was freed.
        Patience.until(() -> platform.unsettled().getFirst().tries() == 2);
        awaitWhatIsQueued();

        assertThat(items).allMatch(item -> item.releases() == 1);
        assertThat(shelf.callers()).hasSize(3);
        assertThat(platform.unsettled().getFirst().resources()).isEqualTo(1);
        // What a try frees counts although the pair stays.
        assertThat(platform.inventory().totals().byType()).containsEntry("table", 1_000L);
    }

    /** Each of a thousand handles that are closed late is a reason, but while a try runs they are one together. */
    @Test
    void whatIsClosedLateDuringATryIsAReasonForOneMoreTryOnly() {
        var failing = new AtomicBoolean(true);
        var hang = new Hang();
        var stubborn = new Item(-1);
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (item == stubborn && !failing.get()) {
                hang.untilInterrupted();
            }
            if (item == stubborn || failing.get()) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.table().track(pid, stubborn); // the first that a try comes to
        List<ResourceHandle<Item>> handles = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            handles.add(shelf.hold(pid));
        }
        var items = handles.stream().map(ResourceHandle::get).toList();
        platform.terminate(pid);
        failing.set(false);
        hang.awaitInside(1);

        handles.forEach(ResourceHandle::close);
        hang.letGo();
        awaitWhatIsQueued();

        assertThat(items).allMatch(item -> item.releases() == 1);
        assertThat(shelf.callers()).as("the end, the try that ran, one more").hasSize(3);
    }

    /** Tries are made in the order in which there is a reason for them: this one comes after all that have one now. */
    private void awaitWhatIsQueued() {
        var last = new Asked("last");
        var bound = platform.bind(last, 0);
        long pid = platform.start();
        last.hold(pid);
        platform.unbind(bound);
        platform.terminate(pid);
        platform.bind(last, 0);
        Patience.until(() -> !last.holds(pid));
    }

    @Test
    void whatItsUserReleasesAfterTheEndSettlesThePair() throws Exception {
        var hang = new Hang();
        var shelf = new Shelf("table", platform.tables(), item -> {
            hang.ignoringInterrupts();
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        var handle = shelf.hold(pid);
        var item = handle.get();
        var user = Thread.ofPlatform().daemon().start(handle::close);
        hang.awaitInside(1);
        assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.TIMED_OUT);

        hang.letGo();
        user.join();

        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
        Patience.until(() -> platform.orchestrator().owner(pid).isEmpty());
    }

    @Test
    void whatTheEndCouldNotReleaseIsReleasedByWhoClosesItLater() {
        var busy = new AtomicBoolean(true);
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (busy.get()) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        platform.bind(shelf, 0);
        long pid = platform.start();
        var handle = shelf.hold(pid);
        var item = handle.get();
        assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.FAILED);
        assertThatThrownBy(handle::close).isInstanceOf(ReleaseFailedException.class);
        busy.set(false);

        handle.close();

        assertThat(item.releases()).isEqualTo(1);
        assertThat(platform.inventory().totals().byType()).containsEntry("table", 1L);
        platform.awaitSettled();
        handle.close();
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void whatTheEndCouldNotReleaseIsReleasedByWhoClosesItWhileOtherTypesAreCleaned() throws Exception {
        var busy = new AtomicBoolean(true);
        var shelf = new Shelf("table", platform.tables(), item -> {
            if (busy.get()) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        var hang = new Hang();
        var last = new Asked("last") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
        platform.bind(shelf, 1);
        platform.bind(last, 0);
        long pid = platform.start();
        last.hold(pid);
        var handle = shelf.hold(pid);
        var item = handle.get();
        var end = new FutureTask<>(() -> platform.outcomeOfEnd(pid, "table"));
        Thread.ofPlatform().daemon().start(end);
        hang.awaitInside(1);
        busy.set(false);

        handle.close();

        assertThat(item.releases()).isEqualTo(1);
        hang.letGo();
        assertThat(end.get().status()).isEqualTo(Status.FAILED);
        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void cleaningByHandSettlesToo() {
        var failing = new Failing(1);
        platform.bind(failing, 0);
        long pid = platform.start();
        failing.hold(pid);
        platform.terminate(pid);
        assertThat(platform.unsettled()).hasSize(1);

        assertThat(platform.orchestrator().cleanupProcess(pid).isSuccess()).isTrue();

        assertThat(platform.unsettled()).isEmpty();
    }

    @Test
    void aLiveProcessIsNotCleanedByHand() {
        long pid = platform.start();

        assertThatIllegalStateException()
                .isThrownBy(() -> platform.orchestrator().cleanupProcess(pid))
                .withMessageContaining("Process " + pid + " is live");
        assertThatIllegalArgumentException().isThrownBy(() -> platform.orchestrator().cleanupProcess(0));
        assertThatIllegalArgumentException().isThrownBy(() -> platform.orchestrator().cleanupProcess(-5));
    }

    @Test
    void anInterruptedCallerGetsItsResultAndKeepsItsFlagAndBurnsNoProcessor() {
        var hang = new Hang();
        var slow = new Asked("slow") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
        platform.bind(slow, 0);
        slow.hold(1_000_000);
        var caller = Thread.currentThread();
        var threads = ManagementFactory.getThreadMXBean();
        Thread.ofPlatform().daemon().start(() -> {
            hang.awaitInside(1);
            caller.interrupt();
        });
        long before = threads.getCurrentThreadCpuTime();

        var result = platform.orchestrator().cleanupProcess(1_000_000);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.outcomes()).singleElement().satisfies(outcome -> assertThat(outcome.status())
                .isEqualTo(Status.TIMED_OUT));
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofMillis(100));
        hang.letGo();
    }
}
