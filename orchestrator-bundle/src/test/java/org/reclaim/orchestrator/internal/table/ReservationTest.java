package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Together;

/** Places are taken before anything is acquired, within exact limits. */
class ReservationTest {

    private static final int THREADS = 4;

    @Test
    void aReservationTakesItsBytesUntilItIsClosed() {
        var tables = new TestTables();
        var table = tables.open(Item::release);
        long pid = tables.process();

        try (var place = table.reserve(pid, 100)) {
            assertThat(tables.bytes()).isEqualTo(100);
            assertThat(table.hasResources(pid)).isFalse();
            assertThat(place).isNotNull();
        }

        assertThat(tables.bytes()).isZero();
    }

    @Test
    void aFilledReservationKeepsItsBytesUntilTheResourceIsReleased() {
        var tables = new TestTables();
        var table = tables.open(Item::release);
        long pid = tables.process();
        ResourceHandle<Item> handle;
        try (var place = table.reserve(pid, 100)) {
            handle = place.track(new Item(), "item");
            assertThatIllegalStateException().isThrownBy(() -> place.track(new Item(), "another"));
        }

        assertThat(tables.bytes()).isEqualTo(100);
        handle.close();
        assertThat(tables.bytes()).isZero();
    }

    @Test
    void aClosedReservationTakesNothingAnyMore() {
        var tables = new TestTables();
        var table = tables.open(Item::release);
        long pid = tables.process();
        var place = table.reserve(pid, 100);
        place.close();
        place.close();

        assertThatIllegalStateException().isThrownBy(() -> place.track(new Item(), "late"));
        assertThat(tables.bytes()).isZero();
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void whatIsTrackedAfterTheEndBeganIsRefusedAndItsPlaceComesBack() {
        var tables = new TestTables();
        var table = tables.open(Item::release);
        long pid = tables.process();
        var item = new Item();
        try (var place = table.reserve(pid, 100)) {
            TestTables.end(tables.owner(pid), table);

            assertThatThrownBy(() -> place.track(item, "late")).isInstanceOf(ProcessEndedException.class);
        }

        assertThat(item.isReleased()).isFalse();
        assertThat(tables.bytes()).isZero();
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void negativeSizesAreRefused() {
        var tables = new TestTables();
        var table = tables.open(Item::release);
        long pid = tables.process();

        assertThatIllegalArgumentException().isThrownBy(() -> table.reserve(pid, -1)).withMessageContaining("-1");
    }

    @Test
    void theLimitsOfTheProcessAndOfAllAreExactAndSayWhatIsInUse() {
        var tables = new TestTables(type -> new ResourceLimits(100, 150));
        var table = tables.open(Item::release);
        long one = tables.process();
        long other = tables.process();
        table.reserve(one, 100);

        assertThatThrownBy(() -> table.reserve(one, 1))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessage("items: 1 bytes requested, 100 of the 100 bytes that process 1 may hold are in use");
        assertThatThrownBy(() -> table.reserve(other, 51))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessage("items: 51 bytes requested, 100 of the 150 bytes that all processes together may hold"
                        + " are in use");
        assertThatThrownBy(() -> table.reserve(other, Long.MAX_VALUE)).isInstanceOf(ResourceLimitException.class);
        // What was refused has taken nothing.
        assertThat(tables.bytes()).isEqualTo(100);
        assertThat(tables.holding(other).bytes()).isZero();
        table.reserve(other, 50).close();
        assertThat(tables.bytes()).isEqualTo(100);
    }

    @Test
    void withALimitOfZeroOnlyWhatHasNoSizeIsTaken() {
        var tables = new TestTables(type -> new ResourceLimits(0, 0));
        var table = tables.open(Item::release);
        long pid = tables.process();

        assertThatThrownBy(() -> table.reserve(pid, 1)).isInstanceOf(ResourceLimitException.class);
        table.track(pid, new Item());
        assertThat(table.hasResources(pid)).isTrue();
    }

    /** Counted by the test itself, after a reservation was got and before it is given back: so never more than held. */
    @Test
    void manyThreadsNeverHoldMoreThanTheLimitsAndLoseNothing() throws Exception {
        long limit = 50;
        var tables = new TestTables(type -> new ResourceLimits(limit, limit + 20));
        var table = tables.open(Item::release);
        long[] pids = {tables.process(), tables.process()};
        AtomicLong[] held = {new AtomicLong(), new AtomicLong()};
        var total = new AtomicLong();
        var refused = new AtomicLong();

        Together.run(THREADS, thread -> {
            var random = ThreadLocalRandom.current();
            var mine = new ArrayDeque<Runnable>();
            for (int i = 0; i < 50_000; i++) {
                int process = random.nextInt(2);
                long size = random.nextInt(1, 15);
                try (var place = table.reserve(pids[process], size)) {
                    assertThat(held[process].addAndGet(size)).isLessThanOrEqualTo(limit);
                    assertThat(total.addAndGet(size)).isLessThanOrEqualTo(limit + 20);
                    Runnable forget = () -> {
                        held[process].addAndGet(-size);
                        total.addAndGet(-size);
                    };
                    if (random.nextBoolean()) {
                        forget.run(); // the acquisition failed
                    } else {
                        var handle = place.track(new Item(), "item");
                        mine.push(() -> {
                            forget.run();
                            handle.close();
                        });
                    }
                } catch (ResourceLimitException e) {
                    refused.incrementAndGet();
                }
                if (mine.size() > 3 || random.nextInt(3) == 0 && !mine.isEmpty()) {
                    mine.pop().run();
                }
            }
            mine.forEach(Runnable::run);
        });

        assertThat(refused).hasPositiveValue();
        assertThat(tables.bytes()).isZero();
        for (long pid : pids) {
            assertThat(tables.holding(pid).bytes()).isZero();
            // Nothing is lost: the whole of it can be had again.
            table.reserve(pid, limit).close();
        }
    }

    @Test
    void acquisitionsThatRaceWithTheEndLeaveNoBytesBehind() throws Exception {
        var tables = new TestTables(type -> new ResourceLimits(1_000, 1_000));
        var table = tables.open(Item::release);
        for (int round = 0; round < 500; round++) {
            long pid = tables.process();
            var owner = tables.owner(pid);
            Together.run(
                    thread -> TestTables.end(owner, table),
                    thread -> acquireUntilRefused(table, pid),
                    thread -> acquireUntilRefused(table, pid));

            assertThat(tables.bytes()).isZero();
            assertThat(table.hasResources(pid)).isFalse();
            tables.forget(pid);
        }
    }

    private static void acquireUntilRefused(ResourceTable<Item> table, long pid) {
        try {
            for (int i = 0; i < 10_000; i++) {
                try (var place = table.reserve(pid, 1)) {
                    var handle = place.track(new Item(), "item");
                    if (i % 2 == 0) {
                        handle.close();
                    }
                } catch (ResourceLimitException e) {
                    Thread.onSpinWait();
                }
            }
        } catch (ProcessEndedException e) {
            // The end won, as it must at last.
        }
    }
}
