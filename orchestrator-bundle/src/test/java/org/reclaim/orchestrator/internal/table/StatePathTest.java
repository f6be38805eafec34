package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.api.ProcessState.CREATED;
import static org.reclaim.api.ProcessState.READY;
import static org.reclaim.api.ProcessState.RUNNING;
import static org.reclaim.api.ProcessState.TERMINATED;
import static org.reclaim.api.ProcessState.TERMINATING;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Together;

/** A state changes by the transitions that there are, or not at all. */
class StatePathTest {

    private static final Map<ProcessState, Set<ProcessState>> ALLOWED = Map.of(
            CREATED, Set.of(READY, RUNNING, TERMINATING),
            READY, Set.of(RUNNING, TERMINATING),
            RUNNING, Set.of(TERMINATING),
            TERMINATING, Set.of(TERMINATED),
            TERMINATED, Set.of());

    private static StatePath in(ProcessState state) {
        var path = new StatePath();
        for (var step : List.of(READY, RUNNING, TERMINATING, TERMINATED)) {
            if (step.compareTo(state) <= 0) {
                assertThat(path.advance(step)).isTrue();
            }
        }
        return path;
    }

    @Test
    void everyOtherTransitionIsImpossible() {
        for (var from : ProcessState.values()) {
            for (var to : ProcessState.values()) {
                var path = in(from);
                boolean allowed = ALLOWED.get(from).contains(to);

                assertThat(from.canBecome(to)).as("%s to %s", from, to).isEqualTo(allowed);
                assertThat(path.advance(to)).as("%s to %s", from, to).isEqualTo(allowed);
                assertThat(path.state()).isEqualTo(allowed ? to : from);
            }
        }
    }

    @Test
    void ofManyThreadsOneMakesATransition() throws Exception {
        for (int round = 0; round < 200; round++) {
            var path = new StatePath();
            var ended = new AtomicInteger();
            var ran = new AtomicInteger();
            Together.run(4, thread -> {
                if (thread % 2 == 0 && path.advance(RUNNING)) {
                    ran.incrementAndGet();
                }
                if (path.advance(TERMINATING)) {
                    ended.incrementAndGet();
                }
            });
            assertThat(ended).hasValue(1);
            assertThat(ran).hasValueLessThanOrEqualTo(1);
        }
    }

    @Test
    void whatWasNotToldIsHandedOutInOrderWhoeverComesForIt() {
        var path = in(RUNNING);
        var told = new ArrayList<String>();

        path.takeUntold((state, before) -> told.add(before + " " + state));
        path.takeUntold((state, before) -> told.add("again"));
        path.advance(TERMINATING);
        path.skipUntold();
        path.advance(TERMINATED);
        path.takeUntold((state, before) -> told.add(before + " " + state));

        assertThat(told).containsExactly("CREATED READY", "READY RUNNING", "TERMINATING TERMINATED");
    }
}
