package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Together;

/** Tables outlive those who open them. */
class OpenersTest {

    private final TestTables tables = new TestTables();

    @Test
    void whatIsClosedWhileTheTypeIsAwayIsClosedAtOnceAndFreedWhenItIsBack() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var item = new Item();
        var handle = table.track(pid, item);
        table.detach();

        handle.close();
        handle.close();

        assertThatIllegalStateException().isThrownBy(handle::get);
        assertThat(item.isReleased()).isFalse();
        assertThat(table.hasResources(pid)).isTrue();

        tables.open(Item::release);

        assertThat(item.releases()).isEqualTo(1);
        assertThat(table.hasResources(pid)).isFalse();
    }

    @Test
    void whatIsLiveStaysUsableWhileTheTypeIsAwayAndTheNextOpenerFreesIt() {
        var first = tables.open(item -> {
            throw new AssertionError("it has gone");
        });
        long pid = tables.process();
        var item = new Item();
        var handle = first.track(pid, item);
        first.detach();

        assertThat(handle.get()).isSameAs(item);
        var second = tables.open(Item::release);
        assertThat(handle.get()).isSameAs(item);
        handle.close();

        assertThat(item.releases()).isEqualTo(1);
        assertThat(second.hasResources(pid)).isFalse();
    }

    @Test
    void aDetachedOpenerAcquiresNothing() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        var place = table.reserve(pid, 5);
        table.detach();

        assertThatThrownBy(() -> table.track(pid, new Item())).isInstanceOf(ResourceTypeUnavailableException.class);
        assertThatThrownBy(() -> table.reserve(pid, 0)).isInstanceOf(ResourceTypeUnavailableException.class);
        assertThatThrownBy(() -> table.one(pid, Item.class, Item::new))
                .isInstanceOf(ResourceTypeUnavailableException.class);

        // What was reserved before may still be filled: the next opener frees it.
        var item = new Item();
        place.track(item, "item");
        TestTables.end(tables.owner(pid), tables.open(Item::release));
        assertThat(item.releases()).isEqualTo(1);
        assertThat(tables.bytes()).isZero();
    }

    @Test
    void anEndWhileTheTypeIsAwayFreesNothingAndLosesNothing() {
        var first = tables.open(Item::release);
        long pid = tables.process();
        var item = new Item();
        first.track(pid, item);
        first.detach();

        TestTables.end(tables.owner(pid), first);
        assertThat(item.isReleased()).isFalse();
        assertThat(first.hasResources(pid)).isTrue();

        var second = tables.open(Item::release);
        second.releaseAll(pid);
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void ofTwoOpenersTheLastOneCountsAndTheFirstAgainWhenThatHasGone() {
        var by = new StringBuilder();
        try (var logs = Logs.of(TypeTable.class)) {
            var first = tables.open(item -> by.append("first "));
            var second = tables.open(item -> by.append("second "));
            assertThat(logs.warnings()).singleElement().asString().contains("'items' is opened twice");
            long pid = tables.process();

            first.track(pid, new Item()).close();
            second.detach();
            first.track(pid, new Item()).close();
            var third = tables.open(item -> by.append("third "));
            first.detach();
            third.track(pid, new Item()).close();
        }
        assertThat(by).hasToString("second first third ");
    }

    @Test
    void detachingTwiceDoesNothing() {
        var first = tables.open(Item::release);
        tables.open(Item::release);
        first.detach();
        first.detach();

        assertThat(tables.tables.find("items").orElseThrow().isOpen()).isTrue();
    }

    @Test
    void anOpenerWithAnotherClassIsRefused() {
        tables.open(Item::release);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> tables.tables.forOpener(Optional.empty()).open("items", String.class, text -> {}))
                .withMessageContaining(Item.class.getName())
                .withMessageContaining(String.class.getName());
    }

    @Test
    void anotherClassIsTakenOnceNobodyHasTheTableOpenAndItIsEmpty() {
        var opener = tables.tables.forOpener(Optional.empty());
        var table = tables.open(Item::release);
        long pid = tables.process();
        var place = table.reserve(pid, 3);
        var handle = table.track(pid, new Item());
        table.detach();
        assertThatIllegalArgumentException().isThrownBy(() -> opener.open("items", String.class, text -> {}));
        var again = tables.open(Item::release);
        handle.close();
        again.one(pid, Item.class, Item::new);
        again.detach();
        assertThatIllegalArgumentException().isThrownBy(() -> opener.open("items", String.class, text -> {}));
        again = tables.open(Item::release);
        again.releaseAll(pid);
        again.detach();

        var texts = opener.open("items", String.class, text -> {});
        texts.track(pid, "text");

        // What was reserved in the old table is not put where nobody would look for it.
        assertThatThrownBy(() -> place.track(new Item(), "late")).isInstanceOf(ResourceTypeUnavailableException.class);
        assertThat(texts.hasResources(pid)).isTrue();
        texts.releaseAll(pid);
        assertThat(tables.owner(pid).holdsAnything()).isFalse();
    }

    @Test
    void aClassOfTheOpenersOwnLoaderIsRefused() throws Exception {
        try (var loader = new Own()) {
            var tablesOfBundle = tables.tables.forOpener(Optional.of(loader));
            var foreign = loader.loadClass(Item.class.getName());
            assertThat(foreign).isNotEqualTo(Item.class);
            var resource = foreign.getConstructor().newInstance();
            long pid = tables.process();

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tablesOfBundle.open("own", foreign, it -> {}))
                    .withMessageContaining(Item.class.getName())
                    .withMessageContaining("own bundle");
            var table = tablesOfBundle.open("any", Object.class, it -> {});
            assertThatIllegalArgumentException().isThrownBy(() -> table.track(pid, resource));
            assertThatIllegalArgumentException().isThrownBy(() -> table.one(pid, foreign, () -> null));
            assertThatIllegalArgumentException().isThrownBy(() -> table.one(pid, Object.class, () -> resource));
            try (var place = table.reserve(pid, 1)) {
                assertThatIllegalArgumentException().isThrownBy(() -> place.track(resource, "own"));
                place.track(new Item(), "not own");
            }
            TestTables.end(tables.owner(pid), table);
            assertThat(tables.owner(pid).holdsAnything()).isFalse();
        }
    }

    /** Defines the classes of the tests once more, as a bundle of its own would. */
    private static final class Own extends URLClassLoader {

        Own() {
            super(
                    new URL[] {Item.class.getProtectionDomain().getCodeSource().getLocation()},
                    Own.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Item.class.getName())) {
                return super.loadClass(name, resolve);
            }
            var file = name.replace('.', '/') + ".class";
            try (var content = getResourceAsStream(file)) {
                var bytes = content.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void namesAndMissingReleasersAreChecked() {
        var opener = tables.tables.forOpener(Optional.empty());
        for (var name : new String[] {"", "Sockets", "1st", "a b", "x".repeat(65), "os_processes", "a\n", "ä"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> opener.open(name, Item.class, Item::release));
        }
        assertThatThrownBy(() -> opener.open("items", Item.class, null)).isInstanceOf(NullPointerException.class);
        assertThat(tables.tables.all()).isEmpty();
    }

    @Test
    void theTablesOfAnOpenerThatHasGoneAreDetachedAndItOpensNoMore() {
        var opener = tables.tables.forOpener(Optional.empty());
        var table = opener.open("items", Item.class, Item::release);
        opener.close();

        assertThatThrownBy(() -> table.track(tables.process(), new Item()))
                .isInstanceOf(ResourceTypeUnavailableException.class);
        assertThatIllegalStateException().isThrownBy(() -> opener.open("others", Item.class, Item::release));
        assertThat(tables.tables.all()).noneMatch(TypeTable::isOpen);
    }

    @Test
    void detachingWaitsForAReleaseInProgressOfAnEntryAndOfASingle() throws Exception {
        try (var entry = new Hang(); var single = new Hang()) {
            var entries = tables.open(item -> entry.ignoringInterrupts());
            long pid = tables.process();
            var handle = entries.track(pid, new Item());
            var singles = tables.open("singles", item -> single.ignoringInterrupts());
            singles.one(pid, Item.class, Item::new);
            var detached = new AtomicBoolean[] {new AtomicBoolean(), new AtomicBoolean()};

            Together.run(
                    thread -> handle.close(),
                    thread -> singles.releaseAll(pid),
                    thread -> {
                        entry.awaitInside(1);
                        entries.detach();
                        detached[0].set(entry.inside() == 0);
                    },
                    thread -> {
                        single.awaitInside(1);
                        singles.detach();
                        detached[1].set(single.inside() == 0);
                    },
                    thread -> {
                        entry.awaitInside(1);
                        single.awaitInside(1);
                        // Both are waiting by then: nothing else can be waited for here.
                        tables.tables.all().forEach(table -> Patience.until(() -> !table.isOpen()));
                        entry.letGo();
                        single.letGo();
                    });

            assertThat(detached[0]).isTrue();
            assertThat(detached[1]).isTrue();
        }
    }

    @Test
    void detachingGivesUpOnAReleaseThatHangs() throws Exception {
        try (var hang = new Hang()) {
            var table = tables.open(item -> hang.ignoringInterrupts());
            var handle = table.track(tables.process(), new Item());
            Together.run(
                    thread -> handle.close(),
                    thread -> {
                        hang.awaitInside(1);
                        table.detach();
                        assertThat(hang.inside()).isEqualTo(1);
                        hang.letGo();
                    });
        }
    }

    /** Closing against coming and going: whatever the order, it is released once, and not before it was closed. */
    @Test
    void closingWhileTheTypeComesAndGoesReleasesOnce() throws Exception {
        long pid = tables.process();
        for (int round = 0; round < 2_000; round++) {
            var item = new Item();
            var first = tables.open(Item::release);
            var handle = first.track(pid, item);
            Together.run(
                    thread -> handle.close(),
                    thread -> {
                        first.detach();
                        tables.open(Item::release).detach();
                    });
            if (!item.isReleased()) {
                tables.open(Item::release).detach();
            }
            assertThat(item.releases()).isEqualTo(1);
        }
    }

    @Test
    void aProcessThatHasEndedIsRefusedWhateverTheOpener() {
        var table = tables.open(Item::release);
        long pid = tables.process();
        tables.owner(pid).close();

        assertThatThrownBy(() -> tables.open(Item::release).track(pid, new Item()))
                .isInstanceOf(ProcessEndedException.class);
        assertThat(table.hasResources(pid)).isFalse();
    }
}
