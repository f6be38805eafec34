package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reclaim.api.EndReason;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;

/** Processes that wait for a place. */
class SchedulerTest extends OnOnePlace {

    @Test
    void whatHasNoPlaceIsReadyAndRunsWhenOneIsFree() {
        var first = hangs("first");
        var second = hangs("second");

        assertThat(state(first)).isEqualTo(ProcessState.RUNNING);
        assertThat(state(second)).isEqualTo(ProcessState.READY);
        assertThat(scheduler.running()).isEqualTo(1);
        assertThat(scheduler.queue()).singleElement().satisfies(waiting -> {
            assertThat(waiting.process()).isEqualTo(second.info());
            assertThat(waiting.priority()).isEqualTo(50);
            assertThat(waiting.group()).isEqualTo("default");
            assertThat(waiting.waited()).isPositive();
        });

        first.terminate();

        assertThat(state(second)).isEqualTo(ProcessState.RUNNING);
        assertThat(queue()).isEmpty();
    }

    @Test
    void onlyTasksAndCommandsNeedPlaces() {
        hangs("first");

        assertThat(state(processes.start(ProcessSpec.logical("l")))).isEqualTo(ProcessState.RUNNING);
        assertThat(processes.startOfBundle("b").process().state()).isEqualTo(ProcessState.RUNNING);
        assertThat(state(processes.start(ProcessSpec.command("c", "sleep", "1000")))).isEqualTo(ProcessState.READY);
    }

    @Test
    void withoutALimitNothingWaits() {
        scheduler.setPlaces(ProcessScheduler.NO_LIMIT);

        for (int i = 0; i < 20; i++) {
            assertThat(state(hangs("task"))).isEqualTo(ProcessState.RUNNING);
        }
    }

    @Test
    void aWaitingProcessHoldsWhatItsPreparationAcquiredAndItsCommandGetsThatEnvironment() throws Exception {
        var shelf = new Shelf("items", platform.tables());
        platform.bind(shelf, 1);
        var first = hangs("first");
        var said = folder.resolve("said");
        var waits = processes.start(ProcessSpec.command("c", "sh", "-c", "echo $WHAT > " + said)
                .withPreparation(pid -> {
                    shelf.hold(pid);
                    return Map.of("WHAT", "prepared");
                }));

        assertThat(state(waits)).isEqualTo(ProcessState.READY);
        assertThat(shelf.hasResources(waits.pid())).isTrue();

        first.terminate();
        var end = waits.await(SOON).orElseThrow();

        assertThat(end.reason()).isEqualTo(EndReason.EXITED);
        assertThat(Files.readString(said)).isEqualTo("prepared\n");
        assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
    }

    @Test
    void priorityAndGroupOfWhatWaitsCanBeChanged() {
        hangs("first");
        var one = hangs("one");
        var two = hangs("two");
        scheduler.setPolicy(SchedulingPolicy.PRIORITY);

        scheduler.setPriority(two.pid(), 100);
        scheduler.setGroup(two.pid(), "night");

        assertThat(queue()).containsExactly(two.pid(), one.pid());
        assertThat(scheduler.queue().getFirst().priority()).isEqualTo(100);
        assertThat(scheduler.queue().getFirst().group()).isEqualTo("night");
    }

    @Test
    void whatDoesNotWaitOrIsNoPriorityIsRefusedByName() {
        var runs = hangs("runs");
        var waits = hangs("waits");

        assertThatIllegalStateException().isThrownBy(() -> scheduler.setPriority(runs.pid(), 1))
                .withMessage("Process 1 does not wait for a place: it is a TASK and RUNNING");
        assertThatThrownBy(() -> scheduler.setGroup(4711, "g")).isInstanceOf(NoSuchProcessException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> scheduler.setPriority(waits.pid(), 101))
                .withMessage("priority is 101, must be 0 to 100");
        assertThatIllegalArgumentException().isThrownBy(() -> scheduler.setGroup(waits.pid(), " "))
                .withMessageStartingWith("group is ' '");
        assertThatIllegalArgumentException().isThrownBy(() -> scheduler.setPlaces(-1))
                .withMessageContaining("-1");
        assertThat(queue()).containsExactly(waits.pid());
    }

    @Test
    void morePlacesStartWhatWaitsAtOnceInItsOrder() {
        hangs("first");
        var one = hangs("one");
        var two = hangs("two");
        var three = hangs("three");

        scheduler.setPlaces(3);

        assertThat(List.of(state(one), state(two), state(three)))
                .containsExactly(ProcessState.RUNNING, ProcessState.RUNNING, ProcessState.READY);
        assertThat(scheduler.places()).isEqualTo(3);
    }

    @Test
    void fewerPlacesEndNothing() {
        scheduler.setPlaces(2);
        var one = hangs("one");
        var two = hangs("two");
        var three = hangs("three");

        scheduler.setPlaces(1);
        one.terminate();

        assertThat(state(two)).isEqualTo(ProcessState.RUNNING);
        assertThat(state(three)).isEqualTo(ProcessState.READY);
        two.terminate();
        assertThat(state(three)).isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void aTaskHasTheContextClassLoaderOfItsStarterHoweverLateItRuns() {
        var first = hangs("first");
        var loader = new ClassLoader("starter's", null) {};
        var seen = new AtomicReference<ClassLoader>();
        var own = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try {
            processes.start(ProcessSpec.task("late", () -> seen.set(Thread.currentThread().getContextClassLoader())));
        } finally {
            Thread.currentThread().setContextClassLoader(own);
        }

        first.terminate();

        Patience.until(() -> seen.get() != null);
        assertThat(seen).hasValue(loader);
    }
}
