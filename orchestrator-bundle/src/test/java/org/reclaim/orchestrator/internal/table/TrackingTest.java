package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.internal.testing.Item;

/** What one thread sees of tracking, closing and ending. */
class TrackingTest {

    private final TestTables tables = new TestTables();

    @Test
    void aTrackedResourceIsHeldUntilItsHandleIsClosed() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var item = new Item();

        var handle = table.track(pid, item);

        assertThat(handle.get()).isSameAs(item);
        assertThat(handle.pid()).isEqualTo(pid);
        assertThat(table.hasResources(pid)).isTrue();

        handle.close();

        assertThat(item.releases()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isFalse();
        assertThatIllegalStateException().isThrownBy(handle::get).withMessageContaining("process " + pid);
    }

    @Test
    void closingAgainDoesNothing() {
        var table = tables.open(Item::release);
        var item = new Item();
        var handle = table.track(tables.process(), item);

        handle.close();
        handle.close();

        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void theEndReleasesWhatIsLeftAndTheHandlesKnowIt() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var closed = new Item();
        var held = new Item();
        table.track(pid, closed).close();
        var handle = table.track(pid, held);

        tables.owner(pid).close();
        var stats = table.releaseAll(pid);

        assertThat(stats.resourcesFreed()).isEqualTo(1);
        assertThat(held.releases()).isEqualTo(1);
        assertThat(closed.releases()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(handle::get);
        handle.close();
        assertThat(held.releases()).isEqualTo(1);
    }

    @Test
    void aSecondReleaseOfEverythingFreesNothing() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        table.track(pid, new Item());
        TestTables.end(tables.owner(pid), table);

        assertThat(table.releaseAll(pid).resourcesFreed()).isZero();
    }

    @Test
    void processesDoNotSeeEachOther() {
        var table = tables.open(Item::release);
        long one = tables.process();
        long other = tables.process();
        var item = new Item();
        table.track(other, item);

        TestTables.end(tables.owner(one), table);

        assertThat(table.hasResources(one)).isFalse();
        assertThat(table.hasResources(other)).isTrue();
        assertThat(item.isReleased()).isFalse();
    }

    @Test
    void anEndedProcessIsRefusedAndItsCallerStillOwnsTheResource() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        tables.owner(pid).close();
        var item = new Item();

        assertThatThrownBy(() -> table.track(pid, item))
                .isInstanceOf(ProcessEndedException.class)
                .hasMessageContaining("Process " + pid)
                .hasMessageContaining("items");
        assertThatThrownBy(() -> table.reserve(pid, 1)).isInstanceOf(ProcessEndedException.class);
        assertThat(item.isReleased()).isFalse();
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void aProcessThatHasGoneIsRefusedLikeOneThatEnds() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        tables.forget(pid);

        assertThatThrownBy(() -> table.track(pid, new Item())).isInstanceOf(ProcessEndedException.class);
        assertThat(table.hasResources(pid)).isFalse();
        assertThat(table.releaseAll(pid).resourcesFreed()).isZero();
    }

    @Test
    void aPidThatWasNeverIssuedIsAnErrorOfItsOwn() {
        var table = tables.open(Item::release);
        tables.process();

        for (long pid : new long[] {-1, 0, 2, 1_024, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> table.track(pid, new Item()))
                    .isInstanceOf(NoSuchProcessException.class)
                    .hasMessageContaining(Long.toString(pid));
            assertThatThrownBy(() -> table.reserve(pid, 0)).isInstanceOf(NoSuchProcessException.class);
        }
    }

    @Test
    void nullIsRefusedAndTakesNoPlace() {
        var table = tables.open(Item::release);
        long pid = tables.process();

        assertThatThrownBy(() -> table.track(pid, null)).isInstanceOf(NullPointerException.class);
        try (var place = table.reserve(pid, 10)) {
            assertThatThrownBy(() -> place.track(null, "nothing")).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> place.track(new Item(), null)).isInstanceOf(NullPointerException.class);
        }
        assertThat(table.hasResources(pid)).isFalse();
        assertThat(tables.bytes()).isZero();
    }

    @Test
    void visitorsSeeWhatIsLive() {
        var table = tables.open(Item::release);
        long one = tables.process();
        long other = tables.process();
        var items = IntStream.range(0, 100).mapToObj(Item::new).toList();
        items.forEach(item -> table.track(item.id() % 2 == 0 ? one : other, item));
        table.track(one, new Item(100)).close();

        var ofOne = new ArrayList<Integer>();
        table.forEach(one, item -> ofOne.add(item.id()));
        Map<Integer, Long> ofAll = new HashMap<>();
        table.forEach((item, pid) -> ofAll.put(item.id(), pid));

        assertThat(ofOne)
                .containsExactlyInAnyOrderElementsOf(items.stream().map(Item::id).filter(id -> id % 2 == 0).toList());
        assertThat(ofAll).hasSize(100).containsEntry(0, one).containsEntry(99, other);
    }

    @Test
    void whatFailsToBeReleasedIsClosedForItsUserStillHeldAndReleasedByTheEnd() {
        var failing = new boolean[] {true};
        var table = tables.open(item -> {
            if (failing[0]) {
                throw new IOException("not now");
            }
            item.release();
        });
        long pid = tables.process();
        var item = new Item();
        var handle = track(table, pid, item, "the thing");

        assertThatThrownBy(handle::close)
                .isInstanceOf(ReleaseFailedException.class)
                .hasMessageContaining("the thing")
                .hasMessageContaining("not now")
                .hasCauseInstanceOf(IOException.class);
        assertThatIllegalStateException().isThrownBy(handle::get);
        handle.close();
        assertThat(table.hasResources(pid)).isTrue();
        assertThat(tables.holding(pid).resources())
                .containsExactly(new ResourceInfo("items", "the thing", 7, ResourceInfo.State.CLOSED));
        assertThat(tables.bytes()).isEqualTo(7);

        failing[0] = false;
        TestTables.end(tables.owner(pid), table);

        assertThat(item.releases()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isFalse();
        assertThat(tables.bytes()).isZero();
    }

    @Test
    void aReleaserThatThrowsAnErrorIsToldAsOneThatThrowsAnException() {
        var table = tables.open(item -> {
            throw new StackOverflowError("deep");
        });
        long pid = tables.process();
        var handle = table.track(pid, new Item());

        assertThatThrownBy(handle::close)
                .isInstanceOf(ReleaseFailedException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
        assertThat(table.releaseAll(pid).errorsEncountered()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isTrue();
    }

    @Test
    void anExceptionWhoseMessageThrowsDoesNotHideThatTheReleaseFailed() {
        var hostile = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message for you");
            }
        };
        var table = tables.open(item -> {
            throw hostile;
        });
        var handle = table.track(tables.process(), new Item());

        assertThatThrownBy(handle::close).isInstanceOf(ReleaseFailedException.class).cause().isSameAs(hostile);
    }

    @Test
    void whatIsHeldUntilTheEndIsClosedForItsUserAndReleasedOnlyThen() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var item = new Item();
        ResourceHandle<Item> handle;
        try (var place = table.reserve(pid, 64)) {
            handle = place.trackUntilEnd(item, "block");
        }

        handle.close();
        handle.close();

        assertThatIllegalStateException().isThrownBy(handle::get);
        assertThat(item.isReleased()).isFalse();
        assertThat(tables.bytes()).isEqualTo(64);
        assertThat(tables.holding(pid).resources())
                .extracting(ResourceInfo::state)
                .containsExactly(ResourceInfo.State.CLOSED);

        TestTables.end(tables.owner(pid), table);

        assertThat(item.releases()).isEqualTo(1);
        assertThat(tables.bytes()).isZero();
    }

    @Test
    void oneReleaserThatThrowsDoesNotKeepTheOthers() {
        var table = tables.open(item -> {
            if (item.id() % 3 == 0) {
                throw new IllegalStateException("item " + item.id());
            }
            item.release();
        });
        long pid = tables.process();
        List<Item> items = IntStream.range(0, 30).mapToObj(Item::new).toList();
        items.forEach(item -> table.track(pid, item));

        var stats = table.releaseAll(pid);

        assertThat(stats.resourcesFreed()).isEqualTo(20);
        assertThat(stats.errorsEncountered()).isEqualTo(10);
        assertThat(items).allMatch(item -> item.releases() == (item.id() % 3 == 0 ? 0 : 1));
    }

    private static ResourceHandle<Item> track(
            ResourceTable<Item> table, long pid, Item item, String label) {
        try (var place = table.reserve(pid, 7)) {
            return place.track(item, label);
        }
    }
}
