package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** Foreign code runs on workers, unless it says that it never waits. */
class WhereForeignCodeRunsTest {

    private final TestPlatform platform = TestPlatform.create();
    private final Queue<Thread> askers = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        platform.close();
    }

    private final class Noting extends Asked {

        Noting(String type) {
            super(type);
        }

        @Override
        public boolean hasResources(long pid) {
            askers.add(Thread.currentThread());
            return super.hasResources(pid);
        }
    }

    private static Set<Thread> set(Iterable<Thread> threads) {
        Set<Thread> set = Collections.newSetFromMap(new IdentityHashMap<>());
        threads.forEach(set::add);
        return set;
    }

    @Test
    void aTypeWhoseReleaserNeverWaitsIsCleanedOnTheThreadOfTheEnd() {
        var releasers = new ConcurrentLinkedQueue<Thread>();
        var shelf = new Shelf(
                "quick", platform.tables(), Shelf.nonBlocking(item -> releasers.add(Thread.currentThread())));
        platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.hold(pid);

        platform.terminate(pid);

        assertThat(shelf.callers()).containsExactly(Thread.currentThread());
        assertThat(releasers).containsExactly(Thread.currentThread());
    }

    @Test
    void allOthersAreCleanedOnAWorkerAndOneWorkerDoesForAll() {
        var asked = new Noting("asked");
        var table = new Shelf("table", platform.tables());
        var another = new Asked("another");
        platform.bind(asked, 3);
        platform.bind(table, 2);
        platform.bind(another, 1);
        long pid = platform.start();
        asked.hold(pid);
        table.hold(pid);
        another.hold(pid);

        platform.terminate(pid);

        var threads = set(asked.callers());
        threads.addAll(table.callers());
        threads.addAll(another.callers());
        threads.addAll(askers);
        assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
        assertThat(threads.iterator().next()).satisfies(worker -> {
            assertThat(worker.isVirtual()).isFalse();
            assertThat(worker.isDaemon()).isTrue();
            assertThat(worker.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
        });
    }

    @Test
    void whatNeverWaitsAndComesFirstNeedsNoWorker() {
        var quick = new Shelf("quick", platform.tables(), Shelf.nonBlocking(Item::release));
        var slow = new Asked("slow");
        platform.bind(quick, 2);
        platform.bind(slow, 1);
        long pid = platform.start();
        quick.hold(pid);
        slow.hold(pid);

        platform.terminate(pid);

        assertThat(quick.callers()).containsExactly(Thread.currentThread());
        assertThat(slow.callers()).doesNotContain(Thread.currentThread());
    }

    @Test
    void aTypeOfWhichTheProcessHoldsNothingNeedsNoWorkerIfItHasATable() {
        platform.bind(new Shelf("table", platform.tables()), 0);
        var workers = workers();

        platform.terminate(platform.start());

        // None is new; one that an earlier test has left may go.
        assertThat(workers()).isSubsetOf(workers);
    }

    /** At the start there is nothing to release, and who comes late would do it at a time when nobody expects it. */
    @Test
    void aTypeThatComesBeforeAnyProcessNeedsNoWorker() {
        var workers = workers();

        platform.bind(new Shelf("table", platform.tables()), 0);

        assertThat(workers()).isSubsetOf(workers);
    }

    private static Set<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reclaim-worker"))
                .collect(Collectors.toSet());
    }

    @Test
    void aTableThatNobodyHasOpenSaysNothingAboutWaiting() {
        var opener = platform.tablesOf(new ClassLoader() {});
        var shelf = new Shelf("table", opener, Shelf.nonBlocking(Item::release));
        platform.bind(shelf, 0);
        long pid = platform.start();
        shelf.hold(pid);
        shelf.table().detach();

        platform.terminate(pid);

        assertThat(shelf.callers()).doesNotContain(Thread.currentThread());
    }

    @Test
    void workersAreReusedUntilSomethingIsUnbound() {
        var asked = new Asked("asked");
        platform.bind(asked, 0);
        for (int i = 0; i < 20; i++) {
            end(asked);
        }
        var before = set(asked.callers());
        assertThat(before.size()).isLessThan(20);

        platform.unbind(platform.bind(new Asked("other"), 0));
        asked.callers().clear();
        for (int i = 0; i < 20; i++) {
            end(asked);
        }

        var both = new HashSet<>(before);
        both.retainAll(set(asked.callers()));
        assertThat(both).isEmpty();
    }

    private void end(Asked type) {
        long pid = platform.start();
        type.hold(pid);
        platform.terminate(pid);
    }

    @Test
    void theNameOfAWorkerThatTakesLongSaysWhatItIsDoingAndNothingOnceItIsDone() {
        var names = new ConcurrentLinkedQueue<String>();
        var asked = new Asked("asked") {
            @Override
            public CleanupStats cleanup(long pid) {
                var worker = Thread.currentThread();
                var name = worker.getName();
                Patience.until(() -> !worker.getName().equals(name));
                names.add(worker.getName());
                return super.cleanup(pid);
            }
        };
        platform.bind(asked, 0);
        long pid = platform.start();
        asked.hold(pid);
        platform.terminate(pid);

        assertThat(names).containsExactly("reclaim-worker: asked of process " + pid);
        assertThat(asked.callers().peek().getName()).matches("reclaim-worker-\\d+");
    }
}
