package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Together;

/** What a process needs once for a type. */
class SinglesTest {

    private final TestTables tables = new TestTables();

    @Test
    void manyThreadsGetTheOneThatIsMadeOnce() throws Exception {
        var table = tables.open(Item::release);
        for (int round = 0; round < 200; round++) {
            long pid = tables.process();
            var made = new AtomicInteger();
            var got = new ConcurrentLinkedQueue<Item>();

            Together.run(4, thread -> got.add(table.one(pid, Item.class, () -> new Item(made.incrementAndGet()))));

            assertThat(made).hasValue(1);
            assertThat(got).hasSize(4).allMatch(item -> item.id() == 1);
        }
    }

    @Test
    void itIsReleasedAfterAllOthers() {
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var table = tables.open(item -> order.add(item.id()));
        long pid = tables.process();
        table.one(pid, Item.class, () -> new Item(0));
        for (int i = 1; i <= 20; i++) {
            table.track(pid, new Item(i));
        }

        TestTables.end(tables.owner(pid), table);

        assertThat(order).hasSize(21).endsWith(0);
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void itIsNotCountedButHeld() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var single = table.one(pid, Item.class, Item::new);

        assertThat(table.hasResources(pid)).isTrue();
        assertThat(tables.holding(pid).count()).isZero();
        tables.owner(pid).close();
        assertThat(table.releaseAll(pid).resourcesFreed()).isZero();
        assertThat(single.releases()).isEqualTo(1);
    }

    @Test
    void itStaysWhileAnotherEntryCanNotBeReleased() {
        var failing = new boolean[] {true};
        var table = tables.open(item -> {
            if (item.id() == 1 && failing[0]) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        long pid = tables.process();
        var single = table.one(pid, Item.class, Item::new);
        table.track(pid, new Item(1));

        TestTables.end(tables.owner(pid), table);
        assertThat(single.isReleased()).isFalse();

        failing[0] = false;
        table.releaseAll(pid);
        assertThat(single.releases()).isEqualTo(1);
    }

    @Test
    void aSingleThatCanNotBeReleasedIsAnErrorAndTriedAgain() {
        var failing = new boolean[] {true};
        var table = tables.open(item -> {
            if (failing[0]) {
                throw new IllegalStateException("busy");
            }
            item.release();
        });
        long pid = tables.process();
        var single = table.one(pid, Item.class, Item::new);

        tables.owner(pid).close();
        assertThat(table.releaseAll(pid).errorsEncountered()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isTrue();

        failing[0] = false;
        assertThat(table.releaseAll(pid).errorsEncountered()).isZero();
        assertThat(single.releases()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void whatCanNotBeMadeIsToldToAllAndMadeByTheNext() throws Exception {
        var table = tables.open(Item::release);
        long pid = tables.process();

        Supplier<Item> failing = () -> {
            throw new IllegalStateException("no memory");
        };
        assertThatThrownBy(() -> table.one(pid, Item.class, failing)).hasMessage("no memory");
        assertThatThrownBy(() -> table.one(pid, Item.class, () -> null)).hasMessageContaining("null");
        assertThat(table.hasResources(pid)).isFalse();

        assertThat(table.one(pid, Item.class, () -> new Item(7)).id()).isEqualTo(7);
    }

    @Test
    void whoWaitsForAnotherThreadThatFailsMakesItHimself() throws Exception {
        try (var hang = new Hang()) {
            var table = tables.open(Item::release);
            long pid = tables.process();
            Supplier<Item> failing = () -> {
                hang.ignoringInterrupts();
                throw new IllegalStateException("first");
            };
            Together.run(
                    thread -> assertThatThrownBy(() -> table.one(pid, Item.class, failing)).hasMessage("first"),
                    thread -> {
                        hang.awaitInside(1);
                        new Thread(hang::letGo).start();
                        assertThat(table.one(pid, Item.class, () -> new Item(2)).id()).isEqualTo(2);
                    });
        }
    }

    @Test
    void unknownAndEndedProcessesAreRefused() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        tables.owner(pid).close();

        assertThatThrownBy(() -> table.one(pid, Item.class, Item::new)).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> table.one(99, Item.class, Item::new)).isInstanceOf(NoSuchProcessException.class);
    }

    @Test
    void whatIsBeingMadeWhenTheProcessEndsIsHeldUntilItIsReleased() throws Exception {
        try (var hang = new Hang()) {
            var table = tables.open(Item::release);
            long pid = tables.process();
            var item = new Item();
            Supplier<Item> slow = () -> {
                hang.ignoringInterrupts();
                return item;
            };
            Together.run(
                    thread -> assertThatThrownBy(() -> table.one(pid, Item.class, slow))
                            .isInstanceOf(ProcessEndedException.class),
                    thread -> {
                        hang.awaitInside(1);
                        TestTables.end(tables.owner(pid), table);
                        // It is not there yet, so the end must not say that nothing is left.
                        assertThat(table.hasResources(pid)).isTrue();
                        hang.letGo();
                        Patience.until(() -> !table.hasResources(pid));
                    });
            assertThat(item.releases()).isEqualTo(1);
        }
    }

    @Test
    void makingAgainstEndingLeavesNothingBehind() throws Exception {
        var table = tables.open(Item::release);
        for (int round = 0; round < 2_000; round++) {
            long pid = tables.process();
            var owner = tables.owner(pid);
            List<Item> made = Collections.synchronizedList(new ArrayList<>());
            Together.run(
                    thread -> {
                        try {
                            table.one(pid, Item.class, () -> {
                                var item = new Item();
                                made.add(item);
                                return item;
                            });
                        } catch (ProcessEndedException e) {
                            // The end won; what was made is released by one of the two.
                        }
                    },
                    thread -> TestTables.end(owner, table));

            assertThat(table.hasResources(pid)).isFalse();
            assertThat(made).allMatch(item -> item.releases() == 1);
            tables.forget(pid);
        }
    }
}
