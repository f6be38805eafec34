package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ProcessLimits;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.testing.Item;

/** Limits of the number of resources, and of trees. */
class LimitsTest {

    private final TestTables tables = new TestTables();

    private static void assertRefused(ResourceTable<Item> table, long pid, String message) {
        var item = new Item();
        assertThatThrownBy(() -> table.track(pid, item)).isInstanceOf(ResourceLimitException.class).hasMessage(message);
        assertThatThrownBy(() -> table.reserve(pid, 0)).isInstanceOf(ResourceLimitException.class).hasMessage(message);
        assertThat(item.isReleased()).isFalse();
    }

    @Test
    void theNumberThatAProcessAndAllTogetherMayHoldIsLimited() {
        tables.limit(2, 3);
        var table = tables.open(Item::release);
        long one = tables.process();
        long other = tables.process();
        var first = table.track(one, new Item());
        table.reserve(one, 10);

        assertRefused(table, one, "items: 1 resources requested, 2 of the 2 resources that process 1 may hold are in"
                + " use");
        table.track(other, new Item());
        assertRefused(table, other, "items: 1 resources requested, 3 of the 3 resources that all processes together may"
                + " hold are in use");

        first.close();
        table.track(other, new Item());
        assertThat(tables.tables.find("items").orElseThrow().refused()).isEqualTo(4);
    }

    @Test
    void whatIsThereBeforeALimitIsSetCounts() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var before = table.track(pid, new Item());
        var place = table.reserve(pid, 0);

        tables.limit(2, 2);
        var reserved = place.track(new Item(), "reserved before");

        assertRefused(table, pid, "items: 1 resources requested, 2 of the 2 resources that process 1 may hold are in"
                + " use");
        before.close();
        reserved.close();
        table.track(pid, new Item());
        table.track(pid, new Item());
    }

    @Test
    void aLimitThatIsLoweredBelowWhatIsThereRefusesUntilEnoughHasGone() {
        tables.limit(10, 10);
        var table = tables.open(Item::release);
        long pid = tables.process();
        var handles = new ArrayList<ResourceHandle<Item>>();
        for (int i = 0; i < 3; i++) {
            handles.add(table.track(pid, new Item()));
        }

        tables.limit(2, 10);
        assertThatThrownBy(() -> table.track(pid, new Item())).isInstanceOf(ResourceLimitException.class);
        handles.get(0).close();
        assertThatThrownBy(() -> table.track(pid, new Item())).isInstanceOf(ResourceLimitException.class);
        handles.get(1).close();
        table.track(pid, new Item());
    }

    @Test
    void theLimitsOfAParentBoundTheSumOfItsTree() {
        var table = tables.open(Item::release);
        var parent = tables.process(null, TestTables.items(3).withBytes("items", 100));
        var child = tables.process(parent, TestTables.items(2));
        var grandchild = tables.process(child, ProcessLimits.NONE);
        var stranger = tables.process(null, ProcessLimits.NONE);
        table.track(grandchild.pid(), new Item());
        table.reserve(child.pid(), 60);

        assertRefused(table, grandchild.pid(), "items: 1 resources requested, 2 of the 2 resources that process 2 and"
                + " all below it may hold are in use");
        assertThatThrownBy(() -> table.reserve(parent.pid(), 41))
                .hasMessage("items: 41 bytes requested, 60 of the 100 bytes that process 1 and all below it may hold"
                        + " are in use");
        table.track(parent.pid(), new Item());
        assertRefused(table, parent.pid(), "items: 1 resources requested, 3 of the 3 resources that process 1 and all"
                + " below it may hold are in use");
        table.track(stranger.pid(), new Item());
    }

    @Test
    void whatIsRefusedTakesNothingAnywhere() {
        tables.limit(10, 1);
        tables.settings.set(new ResourceLimits(100, 100, 10, 1));
        var table = tables.open(Item::release);
        var parent = tables.process(null, TestTables.items(5));
        var child = tables.process(parent, TestTables.items(5));
        var held = table.track(tables.process(), new Item());

        assertThatThrownBy(() -> table.track(child.pid(), new Item())).isInstanceOf(ResourceLimitException.class);
        held.close();
        assertThatThrownBy(() -> table.reserve(child.pid(), 101)).isInstanceOf(ResourceLimitException.class);

        assertThat(LimitRows.of(tables.tables, child)).isNotEmpty().allMatch(row -> row.used() == 0);
        assertThat(LimitRows.of(tables.tables, child)).extracting(LimitInfo::refused).contains(1L);
    }

    @Test
    void whatATreeRefusesIsNotCountedForItsProcess() {
        tables.limit(2, 2);
        var table = tables.open(Item::release);
        var owner = tables.process(null, TestTables.items(1));
        var held = table.track(owner.pid(), new Item());
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> table.track(owner.pid(), new Item())).hasMessageContaining("and all below it");
        }

        held.close();
        table.track(owner.pid(), new Item());
    }

    @Test
    void anEndGivesAllPlacesBack() {
        tables.limit(3, 3);
        var table = tables.open(Item::release);
        var owner = tables.process(null, TestTables.items(3));
        for (int i = 0; i < 3; i++) {
            table.track(owner.pid(), new Item());
        }

        TestTables.end(owner, table);

        assertThat(LimitRows.of(tables.tables, owner)).hasSize(3).allMatch(row -> row.used() == 0);
    }

    @Test
    void whatCanNotBeReleasedKeepsItsPlace() {
        tables.limit(1, 1);
        var broken = new AtomicBoolean(true);
        var table = tables.open(item -> {
            if (broken.get()) {
                throw new IllegalStateException("stuck");
            }
            item.release();
        });
        var owner = tables.process(null, TestTables.items(1));
        table.track(owner.pid(), new Item());
        long other = tables.process();

        TestTables.end(owner, table);
        assertThatThrownBy(() -> table.track(other, new Item())).isInstanceOf(ResourceLimitException.class);
        broken.set(false);
        table.releaseAll(owner.pid());
        table.track(other, new Item());
    }
}
