package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceHandle;
import org.reclaim.orchestrator.internal.testing.Item;

/**
 * What an end had to leave is closed by who knows that it can be released now, just while it is tried again: after
 * which nobody may ever try.
 */
class LateCloseTest {

    private final TestTables tables = new TestTables();
    private final List<ResourceHandle<?>> handles = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void aCloseDuringAReleaseThatFailsHasItRepeated() throws Exception {
        var table = tables.open(item -> {
            if (calls.getAndIncrement() == 0) {
                closeOnAnotherThread();
                throw new IllegalStateException("it was looked at before that");
            }
            item.release();
        });
        long pid = tables.process();
        var item = new Item();
        handles.add(table.track(pid, item));
        tables.owner(pid).close();

        var stats = table.releaseAll(pid);

        assertThat(item.releases()).isEqualTo(1);
        assertThat(stats.resourcesFreed()).isEqualTo(1);
        assertThat(stats.errorsEncountered()).isZero();
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void itIsRepeatedOnce() {
        var table = tables.open((Releaser<Item>) item -> {
            calls.incrementAndGet();
            closeOnAnotherThread();
            throw new IllegalStateException("it never can be");
        });
        long pid = tables.process();
        handles.add(table.track(pid, new Item()));
        tables.owner(pid).close();

        assertThat(table.releaseAll(pid).errorsEncountered()).isEqualTo(1);

        assertThat(calls).hasValue(2);
        assertThat(table.hasResources(pid)).isTrue();
        assertThat(table.releaseAll(pid).errorsEncountered()).as("it can be tried again").isEqualTo(1);
    }

    @Test
    void beforeTheEndAFailedReleaseIsNotRepeated() {
        var table = tables.open((Releaser<Item>) item -> {
            calls.incrementAndGet();
            closeOnAnotherThread();
            throw new IllegalStateException("not now");
        });
        long pid = tables.process();
        handles.add(table.track(pid, new Item()));

        assertThat(table.releaseAll(pid).errorsEncountered()).isEqualTo(1);

        assertThat(calls).hasValue(1);
    }

    /** As a task does it: it stops, then closes its handle; the releaser looks whether it has stopped. */
    @Test
    void byForceNoneIsLeftThatStopsWhileItIsReleased() throws Exception {
        Set<Item> stopped = ConcurrentHashMap.newKeySet();
        var table = tables.open(item -> {
            if (!stopped.contains(item)) {
                throw new IllegalStateException("still runs");
            }
            item.release();
        });
        for (int round = 0; round < 20_000; round++) {
            long pid = tables.process();
            var item = new Item();
            var handle = table.track(pid, item);
            tables.owner(pid).close();
            var barrier = new CyclicBarrier(2);
            var stopping = new FutureTask<>(() -> {
                barrier.await();
                stopped.add(item);
                handle.close();
                return null;
            });
            Thread.startVirtualThread(stopping);

            barrier.await();
            table.releaseAll(pid);
            stopping.get();

            assertThat(table.hasResources(pid)).as("round %d", round).isFalse();
        }
    }

    private void closeOnAnotherThread() {
        try {
            Thread.ofPlatform().start(handles.getFirst()::close).join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
