package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reclaim.api.EndReason;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.ProcessState;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;

/** Ends and places: what waits and ends, what ends and lets others run. */
class SchedulerEndTest extends OnOnePlace {

    @Test
    void endingAWaitingProcessRemovesItAndStartsNothing() {
        hangs("first");
        var ran = new AtomicReference<String>("");
        var second = processes.start(ProcessSpec.task("second", () -> ran.set("second")));
        var third = processes.start(ProcessSpec.task("third", () -> ran.set("third")));

        var end = second.terminate();

        assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(queue()).containsExactly(third.pid());
        assertThat(state(third)).isEqualTo(ProcessState.READY);
        assertThat(scheduler.running()).isEqualTo(1);
        assertThat(ran).hasValue("");
    }

    @Test
    void aTreeThatEndsStartsNoneOfItsOwnThatWaits() {
        var parent = processes.start(ProcessSpec.logical("parent"));
        var runs = processes.start(ProcessSpec.task("runs", hang::untilInterrupted).withParent(parent.pid()));
        var waits = new ArrayList<ManagedProcess>();
        var ran = new AtomicReference<String>("");
        for (int i = 0; i < 5; i++) {
            waits.add(processes.start(ProcessSpec.task("waits", () -> ran.set("ran")).withParent(parent.pid())));
        }
        var other = hangs("other");

        parent.terminate();

        assertThat(ran).hasValue("");
        assertThat(state(runs)).isEqualTo(ProcessState.TERMINATED);
        assertThat(waits).allMatch(process -> state(process) == ProcessState.TERMINATED);
        assertThat(state(other)).isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void aWaitingProcessWhoseEndTakesItsTimeTakesNobodysPlace() {
        try (var cleaning = new Hang()) {
            platform.change(settings -> settings.deadline(SOON));
            var shelf = new Shelf("items", platform.tables(), item -> cleaning.ignoringInterrupts());
            platform.bind(shelf, 1);
            var first = hangs("first");
            var second = hangs("second");
            var third = hangs("third");
            shelf.hold(processes.start(ProcessSpec.logical("child").withParent(second.pid())).pid());
            Thread.ofPlatform().daemon().start(second::terminate);
            cleaning.awaitInside(1);

            assertThat(queue()).containsExactly(third.pid());
            first.terminate();
            assertThat(state(second)).isEqualTo(ProcessState.TERMINATING);
            assertThat(state(third)).isEqualTo(ProcessState.RUNNING);
        }
    }

    @Test
    void endingAllAtOnceStartsNothingThatWaitsButWhatComesLaterRuns() {
        hangs("first");
        scheduler.setPolicy(SchedulingPolicy.PRIORITY);
        var ran = new AtomicReference<String>("");
        for (int i = 0; i < 1_000; i++) { // the last ones are the next ones, and their ends come last
            processes.start(ProcessSpec.task("waits", () -> ran.set("ran")).withPriority(i / 10));
        }

        assertThat(processes.endAllButBundles()).isEmpty();

        assertThat(ran).hasValue("");
        assertThat(state(hangs("later"))).isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void theStopOfThePlatformStartsNothingThatWaits() {
        hangs("first");
        var ran = new AtomicReference<String>("");
        for (int i = 0; i < 50; i++) {
            processes.start(ProcessSpec.task("waits", () -> ran.set("ran")));
        }

        assertThat(processes.stop()).isEmpty();

        assertThat(ran).hasValue("");
        assertThat(processes.history()).hasSize(51).allMatch(end -> end.reason() == EndReason.PLATFORM_STOPPED);
    }

    @Test
    void aPlaceIsFreeAsSoonAsWhatRanHasStopped() {
        try (var cleaning = new Hang()) {
            platform.change(settings -> settings.deadline(SOON));
            var shelf = new Shelf("items", platform.tables(), item -> cleaning.ignoringInterrupts());
            platform.bind(shelf, 1);
            var first = hangs("first");
            shelf.hold(first.pid());
            var second = hangs("second");
            var ender = Thread.ofPlatform().daemon().start(first::terminate);
            cleaning.awaitInside(1);

            // Its cleanup has not come to its end, and need not.
            assertThat(state(first)).isEqualTo(ProcessState.TERMINATING);
            assertThat(state(second)).isEqualTo(ProcessState.RUNNING);
            assertThat(ender.isAlive()).isTrue();
        }
    }

    @Test
    void aCommandThatCanNotBeStartedWhenItsTurnComesEndsAndSaysWhyAndTheNextOneRuns() throws Exception {
        var first = hangs("first");
        var missing = processes.start(ProcessSpec.command("missing", folder.resolve("nothing").toString()));
        var third = hangs("third");

        first.terminate();
        var end = missing.await(SOON).orElseThrow();

        assertThat(end.reason()).isEqualTo(EndReason.FAILED);
        assertThat(end.exitStatus()).hasValue(127);
        assertThat(end.detail()).contains("can't be started").contains("nothing");
        Patience.until(() -> state(third) == ProcessState.RUNNING);
    }

    @Test
    void whatFailsAtOnceGivesItsPlaceBack() {
        assertThatThrownBy(() -> processes.start(ProcessSpec.command("missing", folder.resolve("x").toString())))
                .isInstanceOf(ProcessStartException.class);
        assertThatThrownBy(() -> processes.start(ProcessSpec.task("unprepared", () -> {}).withPreparation(pid -> {
            throw new IllegalStateException("no");
        }))).isInstanceOf(ProcessStartException.class);

        assertThat(scheduler.running()).isZero();
        assertThat(state(hangs("next"))).isEqualTo(ProcessState.RUNNING);
    }

    @Test
    void whatIsEndedByItsOwnPreparationLeavesNothingInTheQueue() {
        hangs("first");
        assertThatThrownBy(() -> processes.start(ProcessSpec.task("ended", () -> {}).withPreparation(pid -> {
            processes.terminate(pid);
            return Map.of();
        }))).isInstanceOf(ProcessStartException.class);

        assertThat(queue()).isEmpty();
        assertThat(scheduler.running()).isEqualTo(1);
    }

    @Test
    void whatIsEndedByItsOwnPreparationTakesNoPlace() {
        assertThatThrownBy(() -> processes.start(ProcessSpec.task("ended", () -> {}).withPreparation(pid -> {
            processes.terminate(pid);
            return Map.of();
        }))).isInstanceOf(ProcessStartException.class);

        assertThat(scheduler.running()).isZero();
        assertThat(state(hangs("next"))).isEqualTo(ProcessState.RUNNING);
    }
}
