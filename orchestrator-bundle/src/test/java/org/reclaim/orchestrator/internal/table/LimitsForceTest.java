package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessLimits;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Together;

/** Limits are exact, whatever threads do at the same time. */
class LimitsForceTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;

    private final TestTables tables = new TestTables();

    /** What threads hold, counted by the test: raised when a place was got, lowered before it is given back. */
    private static final class Held {
        private final AtomicLong now = new AtomicLong();
        private final long limit;

        Held(long limit) {
            this.limit = limit;
        }

        void got() {
            assertThat(now.incrementAndGet()).isLessThanOrEqualTo(limit);
        }

        void givenBack() {
            now.decrementAndGet();
        }
    }

    @Test
    void fourThreadsThatFightForTheLastPlaceOfAProcessNeverGetTwo() throws Exception {
        tables.limit(1, Long.MAX_VALUE);
        var table = tables.open(Item::release);
        long pid = tables.process();

        fight(table, new long[] {pid}, List.of(List.of(new Held(1))));

        table.track(pid, new Item());
    }

    @Test
    void ofTheFirstAcquisitionsOfAProcessNoMoreThanTheLimitGetThrough() throws Exception {
        tables.limit(1, Long.MAX_VALUE);
        var table = tables.open(Item::release);
        var got = new AtomicLong();
        var pid = new AtomicLong();
        var round = new CyclicBarrier(THREADS, () -> {
            assertThat(got.getAndSet(0)).isLessThanOrEqualTo(1);
            pid.set(tables.process()); // which has no holding yet
        });
        Together.run(THREADS, thread -> {
            for (int i = 0; i < ROUNDS; i++) {
                round.await();
                try {
                    table.track(pid.get(), new Item());
                    got.incrementAndGet();
                } catch (ResourceLimitException e) {
                    Thread.onSpinWait();
                }
            }
        });
        assertThat(got).hasValueLessThanOrEqualTo(1);
    }

    @Test
    void fourThreadsThatFightForTheLastPlaceOfATreeNeverGetTwo() throws Exception {
        var table = tables.open(Item::release);
        var parent = tables.process(null, TestTables.items(3));
        var one = tables.process(parent, TestTables.items(2));
        var other = tables.process(parent, ProcessLimits.NONE);
        var ofAll = new Held(3);

        fight(table, new long[] {one.pid(), other.pid()}, List.of(List.of(new Held(2), ofAll), List.of(ofAll)));

        for (int i = 0; i < 3; i++) {
            table.track(other.pid(), new Item());
        }
    }

    @Test
    void fourThreadsThatFightForTheLastPlaceOfThePlatformNeverGetTwo() throws Exception {
        tables.limit(Long.MAX_VALUE, 2);
        var table = tables.open(Item::release);
        long one = tables.process();
        long other = tables.process();
        var ofAll = new Held(2);

        fight(table, new long[] {one, other}, List.of(List.of(ofAll), List.of(ofAll)));

        table.track(one, new Item());
        table.track(other, new Item());
    }

    /** Acquires, by both ways, with failures; each process counts for its scopes. Afterwards nothing is held. */
    private void fight(ResourceTable<Item> table, long[] pids, List<List<Held>> scopes) throws Exception {
        var refused = new AtomicLong();
        Together.run(THREADS, thread -> {
            var random = ThreadLocalRandom.current();
            var mine = new ArrayDeque<Runnable>();
            for (int i = 0; i < ROUNDS; i++) {
                int process = random.nextInt(pids.length);
                try {
                    mine.push(acquire(table, pids[process], scopes.get(process), random.nextInt(3)));
                } catch (ResourceLimitException e) {
                    refused.incrementAndGet();
                }
                while (!mine.isEmpty() && random.nextBoolean()) {
                    mine.pop().run();
                }
            }
            mine.forEach(Runnable::run);
        });
        assertThat(refused).hasPositiveValue();
        for (long pid : pids) {
            assertThat(LimitRows.of(tables.tables, tables.owner(pid))).isNotEmpty().allMatch(row -> row.used() == 0);
        }
    }

    private static Runnable acquire(ResourceTable<Item> table, long pid, List<Held> scopes, int how) {
        if (how == 0) {
            var handle = table.track(pid, new Item());
            scopes.forEach(Held::got);
            return () -> {
                scopes.forEach(Held::givenBack);
                handle.close();
            };
        }
        try (var place = table.reserve(pid, 1)) {
            scopes.forEach(Held::got);
            if (how == 1) { // the acquisition failed
                scopes.forEach(Held::givenBack);
                return () -> {};
            }
            var handle = place.track(new Item(), "item");
            return () -> {
                scopes.forEach(Held::givenBack);
                handle.close();
            };
        }
    }

    @Test
    void aLimitThatIsSetInTheMidstOfTrackingAndEndingCountsExactly() throws Exception {
        for (int round = 0; round < 300; round++) {
            var fresh = new TestTables();
            var table = fresh.open(Item::release);
            var owner = fresh.process(null, ProcessLimits.NONE);
            var ending = fresh.process(null, ProcessLimits.NONE);
            var held = new AtomicLong();
            Together.run(
                    thread -> fresh.limit(1_000, 2_000),
                    thread -> held.addAndGet(trackSome(table, owner.pid())),
                    thread -> held.addAndGet(trackSome(table, owner.pid())),
                    thread -> trackSome(table, ending.pid()),
                    thread -> TestTables.end(ending, table));

            assertThat(fresh.tables.find("items").orElseThrow().resourceQuota().total())
                    .as("round %d", round)
                    .isEqualTo(held.get());
            TestTables.end(owner, table);
            assertThat(fresh.tables.find("items").orElseThrow().resourceQuota().total()).isZero();
        }
    }

    @Test
    void whatIsClosedJustWhenItIsCountedIsClosed() throws Exception {
        for (int round = 0; round < 500; round++) {
            var fresh = new TestTables();
            var table = fresh.open(Item::release);
            long pid = fresh.process();
            var handles = new ArrayList<ResourceHandle<Item>>();
            for (int i = 0; i < 200; i++) {
                handles.add(table.track(pid, new Item()));
            }
            Together.run(
                    thread -> fresh.limit(1_000, 1_000),
                    thread -> handles.forEach(ResourceHandle::close));

            assertThat(table.hasResources(pid)).as("round %d", round).isFalse();
            assertThat(fresh.tables.find("items").orElseThrow().resourceQuota().total()).isZero();
        }
    }

    private static long trackSome(ResourceTable<Item> table, long pid) {
        long held = 0;
        try {
            for (int i = 0; i < 100; i++) {
                var handle = table.track(pid, new Item());
                if (i % 3 == 0) {
                    handle.close();
                } else {
                    held++;
                }
            }
        } catch (ProcessEndedException e) {
            // That of the two that ends.
        }
        return held;
    }
}
