package org.reclaim.orchestrator.internal.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** Processes that end while one of their types is away. */
class UnboundTest {

    private final TestPlatform platform = TestPlatform.create();

    @AfterEach
    void close() {
        platform.close();
    }

    @Test
    void whatIsInATableWaitsForTheTypeAndIsFreedWhenItIsBack() {
        var other = new Asked("other");
        platform.bind(other, 0);
        var opener = platform.tablesOf(new ClassLoader() {});
        var shelf = new Shelf("table", opener);
        var bound = platform.bind(shelf, 10);
        long pid = platform.start();
        other.hold(pid);
        var item = shelf.hold(pid, 32, "item").get();
        platform.unbind(bound);
        shelf.table().detach();

        var end = platform.terminate(pid);

        assertThat(TestPlatform.outcome(end, "other").status()).isEqualTo(Status.FREED);
        var outcome = TestPlatform.outcome(end, "table");
        assertThat(outcome.status()).isEqualTo(Status.UNBOUND);
        assertThat(outcome.detail()).isEqualTo("no cleanup is bound; 1 resources, 32 bytes wait for it");
        assertThat(platform.unsettled()).singleElement().satisfies(pair -> {
            assertThat(pair.status()).isEqualTo(Status.UNBOUND);
            assertThat(pair.resources()).isEqualTo(1);
            assertThat(pair.bytes()).isEqualTo(32);
            assertThat(pair.tries()).isZero();
        });
        assertThat(item.isReleased()).isFalse();

        platform.bind(new Shelf("table", platform.tables()), 10);

        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
        assertThat(platform.inventory().totals().byType()).containsEntry("table", 1L);
        assertThat(platform.terminate(pid)).isEqualTo(end);
    }

    @Test
    void aTableThatIsOpenedBeforeItsCleanupIsBoundWaitsForThat() {
        var opener = platform.tablesOf(new ClassLoader() {});
        var shelf = new Shelf("table", opener);
        long pid = platform.start();
        var item = shelf.hold(pid).get();
        platform.terminate(pid);
        assertThat(platform.unsettled()).extracting(UnsettledResources::status).containsExactly(Status.UNBOUND);

        platform.bind(shelf, 0);

        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void aCleanupThatIsBoundBeforeItsTableIsOpenedWaitsForThat() {
        var opener = platform.tablesOf(new ClassLoader() {});
        var shelf = new Shelf("table", opener);
        var bound = platform.bind(shelf, 0);
        long pid = platform.start();
        var item = shelf.hold(pid).get();
        shelf.table().detach();

        assertThat(platform.outcomeOfEnd(pid, "table").status()).isEqualTo(Status.UNBOUND);
        assertThat(item.isReleased()).isFalse();

        platform.tables().open("table", Item.class, Item::release);
        platform.awaitSettled();
        assertThat(item.releases()).isEqualTo(1);
        platform.unbind(bound);
    }

    @Test
    void ofATypeWithoutATableOnlyProcessesThatWereThereMayHoldSomething() {
        var type = new Asked("asked");
        var bound = platform.bind(type, 0);
        long before = platform.start();
        type.hold(before);
        platform.unbind(bound);
        long after = platform.start();

        assertThat(platform.outcomeOfEnd(before, "asked").status()).isEqualTo(Status.UNBOUND);
        assertThat(platform.terminate(after).cleanup().outcomes()).isEmpty();

        platform.bind(type, 0);
        platform.awaitSettled();
        assertThat(type.cleaned()).containsExactly(before);
    }

    @Test
    void aTypeThatWasNeverThereIsNotMissed() {
        assertThat(platform.terminate(platform.start()).cleanup().outcomes()).isEmpty();
    }

    /** The pair is remembered after the type was looked for: it may have come back in between. */
    @Test
    void aTypeThatComesBackDuringTheEndIsNotWaitedForForEver() {
        var back = new Asked("back");
        var bound = platform.bind(back, -10);
        long pid = platform.start();
        back.hold(pid);
        platform.unbind(bound);
        var binding = new Asked("first") {
            @Override
            public CleanupStats cleanup(long pid) {
                platform.bind(back, -10);
                return super.cleanup(pid);
            }
        };
        platform.bind(binding, 0);
        binding.hold(pid);

        platform.terminate(pid);

        platform.awaitSettled();
        assertThat(back.holds(pid)).isFalse();
    }

    @Test
    void aTypeThatGoesDuringTheEndIsUnbound() {
        var going = new Asked("going");
        var bound = platform.bind(going, -10);
        var unbinding = new Asked("first") {
            @Override
            public CleanupStats cleanup(long pid) {
                platform.unbind(bound);
                return super.cleanup(pid);
            }
        };
        platform.bind(unbinding, 0);
        long pid = platform.start();
        unbinding.hold(pid);
        going.hold(pid);

        assertThat(platform.outcomeOfEnd(pid, "going").status()).isEqualTo(Status.UNBOUND);
        assertThat(going.cleaned()).isEmpty();
    }

    @Test
    void whatAUserClosedWhileTheTypeWasAwayIsFreedWhenItIsBackAlthoughTheProcessLives() {
        var shelf = new Shelf("table", platform.tablesOf(new ClassLoader() {}));
        var bound = platform.bind(shelf, 0);
        long pid = platform.start();
        var handle = shelf.hold(pid);
        var item = handle.get();
        platform.unbind(bound);
        shelf.table().detach();
        handle.close();
        assertThatIllegalStateException().isThrownBy(handle::get);
        assertThat(item.isReleased()).isFalse();

        platform.bind(new Shelf("table", platform.tables()), 0);

        Patience.until(item::isReleased);
        assertThat(platform.processes().process(pid)).isPresent();
        platform.terminate(pid);
        assertThat(item.releases()).isEqualTo(1);
    }

    @Test
    void aProcessIsForgottenOnceEverythingOfItIsFreed() {
        var shelf = new Shelf("table", platform.tablesOf(new ClassLoader() {}));
        long pid = platform.start();
        shelf.hold(pid);
        platform.terminate(pid);
        assertThat(shelf.table().hasResources(pid)).isTrue();

        platform.bind(shelf, 0);
        platform.awaitSettled();

        Patience.until(() -> platform.orchestrator().owner(pid).isEmpty());
        assertThat(shelf.table().hasResources(pid)).isFalse();
    }

    @Test
    void aCallThatIsStuckInACleanupThatHasGoneIsShownUntilItReturns() {
        try (var hang = new Hang()) {
            var hanging = new Asked("hanging") {
                @Override
                public CleanupStats cleanup(long pid) {
                    hang.ignoringInterrupts();
                    return super.cleanup(pid);
                }
            };
            var bound = platform.bind(hanging, 0);
            long pid = platform.start();
            hanging.hold(pid);
            assertThat(platform.outcomeOfEnd(pid, "hanging").status()).isEqualTo(Status.TIMED_OUT);

            platform.unbind(bound);
            assertThat(platform.inventory().types()).singleElement().satisfies(type -> {
                assertThat(type.bound()).isFalse();
                assertThat(type.stuckCalls()).isEqualTo(1);
            });
            platform.bind(new Asked("hanging"), 0);
            assertThat(platform.inventory().types()).extracting(ResourceTypeInfo::stuckCalls).containsExactly(1);

            hang.letGo();
            Patience.until(() -> platform.inventory().types().getFirst().stuckCalls() == 0);
        }
    }
}
