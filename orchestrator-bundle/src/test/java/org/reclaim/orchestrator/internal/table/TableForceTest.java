package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Together;

/** Tables by force: many threads, many entries, and a count for each of them. */
class TableForceTest {

    private static final int THREADS = 4;

    /** So many times the entries that were live at once, a stripe may have slots. */
    private static final int SLOTS_PER_ENTRY = 8;

    private final TestTables tables = new TestTables();
    private final ResourceTable<Item> table = tables.open(Item::release);

    /**
     * Three threads acquire and close for processes that a fourth ends one after the other. In the end each item was
     * released once, unless it was refused: then never, because its caller still owns it.
     */
    @Test
    void everyItemIsReleasedOnceWhoeverReleasesIt() throws Exception {
        int processes = 3_000;
        int window = 8;
        var current = new AtomicInteger();
        var owners = new Owner[processes + window];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = tables.owner(tables.process());
        }
        List<List<Item>> tracked = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<List<Item>> refused = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

        Together.run(THREADS, thread -> {
            if (thread == 0) {
                for (int i = 0; i < processes; i++) {
                    while (tables.holding(owners[i + 1].pid()) == null) {
                        Thread.onSpinWait(); // so that the next one is in use already
                    }
                    TestTables.end(owners[i], table);
                    current.set(i + 1);
                }
                return;
            }
            var random = ThreadLocalRandom.current();
            while (current.get() < processes) {
                long pid = owners[current.get() + random.nextInt(window)].pid();
                var item = new Item();
                try {
                    var handle = table.track(pid, item);
                    tracked.get(thread).add(item);
                    if (random.nextInt(3) > 0) {
                        handle.close();
                    }
                } catch (ProcessEndedException e) {
                    refused.get(thread).add(item);
                }
            }
        });
        Arrays.stream(owners).forEach(owner -> TestTables.end(owner, table));

        assertThat(tracked.stream().mapToInt(List::size).sum()).isGreaterThan(processes);
        tracked.forEach(items -> assertThat(items).allMatch(item -> item.releases() == 1));
        refused.forEach(items -> assertThat(items).allMatch(item -> item.releases() == 0));
        assertThat(owners).allMatch(owner -> !owner.holdsAnything());
    }

    @Test
    void severalEndsOfOneProcessAndItsUsersReleaseEachItemOnce() throws Exception {
        for (int round = 0; round < 300; round++) {
            long pid = tables.process();
            var items = new ArrayList<Item>();
            var handles = new ArrayList<ResourceHandle<Item>>();
            for (int i = 0; i < 200; i++) {
                items.add(new Item(i));
                handles.add(table.track(pid, items.getLast()));
            }
            var owner = tables.owner(pid);
            Together.run(
                    thread -> TestTables.end(owner, table),
                    thread -> TestTables.end(owner, table),
                    thread -> handles.forEach(ResourceHandle::close),
                    thread -> handles.reversed().forEach(ResourceHandle::close));

            assertThat(items).allMatch(item -> item.releases() == 1);
            assertThat(table.hasResources(pid)).isFalse();
            tables.forget(pid);
        }
    }

    @Test
    void lastInFirstOutReusesSlots() {
        churn(100_000, 300_000, Order.LAST_FIRST);
    }

    @Test
    void firstInFirstOutReusesSlots() {
        churn(100_000, 300_000, Order.FIRST_FIRST);
    }

    @Test
    void releasingInAnyOrderReusesSlots() {
        churn(100_000, 300_000, Order.ANY);
    }

    @Test
    void aFewLiveEntriesNeedAFewSlotsForEver() {
        for (var order : Order.values()) {
            churn(10, 1_000_000, order);
        }
    }

    private enum Order {
        LAST_FIRST,
        FIRST_FIRST,
        ANY
    }

    private void churn(int live, int times, Order order) {
        long pid = tables.process();
        churn(pid, live, times, order);

        assertThat(tables.holding(pid).slots()).isLessThanOrEqualTo((long) SLOTS_PER_ENTRY * Math.max(live, 8));
        assertThat(tables.holding(pid).count()).isEqualTo(live);
        TestTables.end(tables.owner(pid), table);
        assertThat(table.hasResources(pid)).isFalse();
    }

    private void churn(long pid, int live, int times, Order order) {
        Deque<ResourceHandle<Item>> ordered = new ArrayDeque<>();
        var any = new ArrayList<ResourceHandle<Item>>();
        var random = ThreadLocalRandom.current();
        for (int i = 0; i < live + times; i++) {
            var handle = table.track(pid, new Item());
            if (order == Order.ANY) {
                if (i < live) {
                    any.add(handle);
                } else {
                    any.set(random.nextInt(live), handle).close();
                }
            } else {
                if (i >= live) {
                    (order == Order.LAST_FIRST ? ordered.removeLast() : ordered.removeFirst()).close();
                }
                ordered.addLast(handle);
            }
        }
    }

    /** All threads in one process: they spread over stripes, which are found by the end and by the counts. */
    @Test
    void threadsOfOneProcessShareItsTable() throws Exception {
        long pid = tables.process();
        int live = 1_000;

        Together.run(THREADS, thread -> churn(pid, live, 200_000, Order.values()[thread % 3]));

        assertThat(tables.holding(pid).count()).isEqualTo(THREADS * live);
        assertThat(tables.holding(pid).slots()).isLessThanOrEqualTo((long) SLOTS_PER_ENTRY * THREADS * live);
        tables.owner(pid).close();
        assertThat(table.releaseAll(pid).resourcesFreed()).isEqualTo(THREADS * live);
        assertThat(table.hasResources(pid)).isFalse();
    }

    /** Handles that another thread closes: the slots come back to where nobody walks at the moment. */
    @Test
    void whatOneThreadAcquiresAnotherCloses() throws Exception {
        long pid = tables.process();
        var queue = new ArrayBlockingQueue<ResourceHandle<Item>>(1_000);
        int times = 500_000;

        Together.run(
                thread -> {
                    for (int i = 0; i < times; i++) {
                        queue.put(table.track(pid, new Item()));
                    }
                },
                thread -> {
                    for (int i = 0; i < times; i++) {
                        queue.take().close();
                    }
                });

        assertThat(tables.holding(pid).count()).isZero();
        assertThat(tables.holding(pid).slots()).isLessThanOrEqualTo(2L * SLOTS_PER_ENTRY * 1_000);
    }
}
