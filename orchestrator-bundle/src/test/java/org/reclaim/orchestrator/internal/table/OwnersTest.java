package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reclaim.orchestrator.internal.testing.Together;

/** Finding processes by pid. */
class OwnersTest {

    private final Owners owners = new Owners();

    @Test
    void pidsBeginAtOneAndGrow() {
        assertThat(owners.lastPid()).isZero();
        assertThat(owners.nextPid()).isEqualTo(1);
        assertThat(owners.nextPid()).isEqualTo(2);
        assertThat(owners.isIssued(2)).isTrue();
        assertThat(owners.isIssued(3)).isFalse();
        assertThat(owners.isIssued(0)).isFalse();
    }

    @Test
    void aProcessIsFoundUntilItIsRemovedInWhateverOrder() {
        var all = new ArrayList<Owner>();
        for (int i = 0; i < 10_000; i++) {
            all.add(new Owner(owners.nextPid()));
            owners.add(all.getLast());
        }
        assertThat(all).allMatch(owner -> owners.find(owner.pid()) == owner);

        // Every page loses all but one of its processes, some from the front and some from the back.
        var left = all.stream().filter(owner -> owner.pid() % 1_000 == 0).toList();
        all.reversed().stream().filter(owner -> owner.pid() % 1_000 != 0).forEach(this::remove);

        List<Owner> visited = new ArrayList<>();
        owners.forEach(visited::add);
        assertThat(visited).isEqualTo(left);
        left.forEach(this::remove);
        assertThat(all).allMatch(owner -> owners.find(owner.pid()) == null);
        assertThat(all).noneMatch(owners::tryRemove);
        assertThat(owners.find(owners.nextPid())).isNull();
    }

    private void remove(Owner owner) {
        assertThat(owners.tryRemove(owner)).isTrue();
    }

    @Test
    void oneOfManyThreadsRemovesAProcess() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            var owner = new Owner(owners.nextPid());
            owners.add(owner);
            var removed = new AtomicInteger();
            Together.run(3, thread -> removed.addAndGet(owners.tryRemove(owner) ? 1 : 0));
            assertThat(removed).hasValue(1);
        }
    }

    @Test
    void aPidThatWasTakenAndNotUsedIsGivenUp() {
        for (int i = 0; i < 3_000; i++) {
            owners.giveUp(owners.nextPid());
        }
        var owner = new Owner(owners.nextPid());
        owners.add(owner);

        assertThat(owners.find(owner.pid())).isSameAs(owner);
        assertThat(owners.find(1)).isNull();
    }

    @Test
    void threadsGetPidsOfTheirOwnAndFindWhatTheyAdded() throws Exception {
        var pids = new ConcurrentLinkedQueue<Long>();
        Together.run(4, thread -> {
            for (int i = 0; i < 50_000; i++) {
                var owner = new Owner(owners.nextPid());
                owners.add(owner);
                assertThat(owners.find(owner.pid())).isSameAs(owner);
                pids.add(owner.pid());
                assertThat(owners.tryRemove(owner)).isTrue();
                assertThat(owners.find(owner.pid())).isNull();
            }
        });

        var seen = new BitSet();
        pids.forEach(pid -> seen.set(pid.intValue()));
        assertThat(pids).hasSize(200_000);
        assertThat(seen.cardinality()).isEqualTo(200_000);
        List<Owner> left = new ArrayList<>();
        owners.forEach(left::add);
        assertThat(left).isEmpty();
    }
}
