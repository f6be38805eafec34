package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessLimits;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Why and by whom processes end, in time if they have a maximum run time; and how many there may be. */
class EndReasonTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final TestPlatform platform = TestPlatform.create();
    private final Processes processes = platform.processes();
    private final Hang hang = new Hang();

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    private static ProcessEnd endOf(ManagedProcess process) throws InterruptedException {
        return process.await(SOON).orElseThrow();
    }

    @Test
    void aProcessEndsWhenItHasRunLongEnough() throws Exception {
        for (var spec : new ProcessSpec[] {
            ProcessSpec.logical("logical"),
            ProcessSpec.task("task", hang::untilInterrupted),
            ProcessSpec.command("command", "sleep", "1000")
        }) {
            var end = endOf(processes.start(spec.withMaxRunTime(SHORT)));

            assertThat(end.reason()).isEqualTo(EndReason.DEADLINE);
            assertThat(end.detail()).isEqualTo("it had run for PT0.05S");
            assertThat(end.terminatedBy()).isEmpty();
        }
    }

    @Test
    void aTreeEndsAtTheDeadlineOfItsRoot() throws Exception {
        var parent = processes.start(ProcessSpec.logical("parent").withMaxRunTime(Duration.ofSeconds(2)));
        var child = processes.start(ProcessSpec.logical("child").withParent(parent.pid()));

        assertThat(endOf(parent).reason()).isEqualTo(EndReason.DEADLINE);
        assertThat(endOf(child).reason()).isEqualTo(EndReason.PARENT_ENDED);
    }

    @Test
    void timeThatItWaitsForAPlaceDoesNotCount() {
        platform.change(settings -> settings.places(1));
        var first = processes.start(ProcessSpec.task("first", hang::untilInterrupted));
        var waits = processes.start(ProcessSpec.task("waits", hang::untilInterrupted).withMaxRunTime(SHORT));
        var sameTime = processes.start(ProcessSpec.logical("same time").withMaxRunTime(SHORT.multipliedBy(3)));

        Patience.until(() -> processes.process(sameTime.pid()).orElseThrow().state().compareTo(
                ProcessState.TERMINATED) == 0);
        assertThat(waits.info().state()).isEqualTo(ProcessState.READY);
        first.terminate();
        Patience.until(() -> processes.history().getFirst().reason() == EndReason.DEADLINE
                && processes.history().getFirst().process().pid() == waits.pid());
    }

    @Test
    void anEndBeforeTheDeadlineIsTheEnd() throws Exception {
        var process = processes.start(ProcessSpec.task("quick", () -> {}).withMaxRunTime(SOON));

        assertThat(endOf(process).reason()).isEqualTo(EndReason.EXITED);
    }

    @Test
    void aHundredDeadlinesAtOnceAreAllKept() {
        for (int i = 0; i < 100; i++) {
            processes.start(ProcessSpec.logical("p").withMaxRunTime(SHORT));
        }

        Patience.until(() -> processes.processes().isEmpty());
        assertThat(processes.history()).hasSize(100).allMatch(end -> end.reason() == EndReason.DEADLINE);
    }

    @Test
    void aDeadlineIsKeptHoweverManyEndsTakeTheirTime() {
        for (int i = 0; i < 20; i++) {
            processes.start(ProcessSpec.task("stubborn", hang::ignoringInterrupts)
                    .withGrace(Duration.ofMinutes(1))
                    .withMaxRunTime(SHORT));
        }

        Patience.until(() -> processes.processes().stream()
                .allMatch(process -> process.state() == ProcessState.TERMINATING));
        hang.letGo();
        Patience.until(() -> processes.processes().isEmpty());
    }

    @Test
    void aTaskThatLetsTheRefusalOfALimitThroughEndsByIt() throws Exception {
        platform.change(settings -> settings.processesInTotal(1));
        var task = processes.start(ProcessSpec.task("greedy", () -> processes.start(ProcessSpec.logical("more"))));

        assertThat(endOf(task).reason()).isEqualTo(EndReason.LIMIT);
        assertThat(endOf(task).detail()).contains("1 of the 1 processes");
    }

    @Test
    void timesThatAreNoneAreRefused() {
        var spec = ProcessSpec.logical("p");

        assertThatIllegalArgumentException().isThrownBy(() -> spec.withMaxRunTime(Duration.ZERO))
                .withMessage("maximum run time is PT0S, must be more than zero, at most PT87600H");
        assertThatIllegalArgumentException().isThrownBy(() -> spec.withMaxRunTime(Duration.ofDays(3651)));
    }

    @Test
    void whoTerminatesIsInTheRecord() throws Exception {
        var victim = processes.start(ProcessSpec.logical("victim"));
        var killer = processes.start(ProcessSpec.task("killer", () -> processes.terminate(victim.pid())));

        var end = endOf(victim);
        assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(end.terminatedBy()).isEqualTo(OptionalLong.of(killer.pid()));

        var own = processes.start(ProcessSpec.task(
                "own", () -> processes.terminate(CurrentProcess.pid().orElseThrow())));
        assertThat(endOf(own).terminatedBy()).hasValue(own.pid());
        var outside = processes.start(ProcessSpec.logical("outside"));
        assertThat(outside.terminate().terminatedBy()).isEmpty();
    }

    @Test
    void whatFailedIsInTheRecord() throws Exception {
        var thrower = processes.start(ProcessSpec.task("thrower", () -> {
            throw new IllegalStateException("deliberately");
        }));
        assertThat(endOf(thrower).detail()).contains("the task threw").contains("deliberately");

        var failure = catchThrowableOfType(ProcessStartException.class, () -> processes.start(
                ProcessSpec.command("missing", "/no/such/program")));
        assertThat(failure.end().detail()).contains("/no/such/program");
    }

    @Test
    void theNumberOfProcessesIsLimitedForAllForEachParentAndForTrees() {
        platform.change(settings -> {
            settings.processesInTotal(5);
            settings.childrenPerProcess(2);
        });
        var root = processes.start(ProcessSpec.logical("root").withLimits(ProcessLimits.NONE.withChildren(3)));
        var child = child(root);
        child(root);
        assertThatThrownBy(() -> child(root))
                .isInstanceOf(ResourceLimitException.class)
                .hasMessage("children: 1 processes requested, 2 of the 2 processes that process 1 may hold are in"
                        + " use");
        child(child);
        assertThatThrownBy(() -> child(child))
                .hasMessage("processes: 1 processes requested, 3 of the 3 processes that the tree below process 1 may"
                        + " hold are in use");
        processes.start(ProcessSpec.logical("fifth"));
        assertThatThrownBy(() -> processes.start(ProcessSpec.logical("sixth")))
                .hasMessage("processes: 1 processes requested, 5 of the 5 processes that all processes together may"
                        + " hold are in use");

        assertThat(platform.inventory().limits(root.pid())).containsExactly(
                new LimitInfo("the tree below process 1", "processes", 3, 3, 1),
                new LimitInfo("process 1", "children", 2, 2, 1),
                new LimitInfo("all processes together", "processes", 5, 5, 1));

        child.terminate();
        child(root);
        assertThat(processes.startOfBundle("bundles are not counted").pid()).isPositive();
    }

    private ManagedProcess child(ManagedProcess parent) {
        return processes.start(ProcessSpec.logical("child").withParent(parent.pid()));
    }

    @Test
    void fourThreadsThatFightForTheLastProcessNeverStartTwo() throws Exception {
        platform.change(settings -> settings.processesInTotal(3));
        var root = processes.start(ProcessSpec.logical("root").withLimits(ProcessLimits.NONE.withChildren(1)));
        var live = new AtomicInteger();
        Together.run(4, thread -> {
            for (int i = 0; i < 2_000; i++) {
                var spec = ProcessSpec.logical("p");
                try {
                    var process = processes.start(thread % 2 == 0 ? spec : spec.withParent(root.pid()));
                    assertThat(live.incrementAndGet()).as("besides the root").isLessThanOrEqualTo(2);
                    live.decrementAndGet();
                    process.terminate();
                } catch (ResourceLimitException e) {
                    Thread.onSpinWait();
                }
            }
        });

        child(root);
        processes.start(ProcessSpec.logical("third"));
        assertThat(platform.inventory().limits(root.pid())).extracting(LimitInfo::used).containsExactly(1L, 3L);
    }
}
