package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** How single processes start and end. */
class ProcessLifeTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void aProcessIsSeenWhileItLivesAndInTheHistoryAfterwards() {
        try (var platform = TestPlatform.create()) {
            long first = platform.start();
            long second = platform.start();

            var end = platform.terminate(first);

            assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
            assertThat(end.process().state()).isEqualTo(ProcessState.TERMINATED);
            assertThat(platform.processes().processes()).extracting(ProcessInfo::pid).containsExactly(second);
            assertThat(platform.processes().process(first)).contains(end.process());
            assertThat(platform.processes().history()).containsExactly(end);
        }
    }

    @Test
    void terminatingAgainAnswersTheSameAndDoesNothing() {
        try (var platform = TestPlatform.create()) {
            var shelf = new Shelf("items", platform.tables());
            platform.bind(shelf, 1);
            long pid = platform.start();
            shelf.hold(pid);

            var end = platform.terminate(pid);

            assertThat(platform.terminate(pid)).isEqualTo(end);
            assertThat(shelf.callers()).hasSize(1);
        }
    }

    @Test
    void aSecondCallerWaitsForTheEndInProgressAndGetsTheSame() throws Exception {
        try (var platform = TestPlatform.create(settings -> settings.deadline(SOON));
                var hang = new Hang()) {
            var shelf = new Shelf("items", platform.tables(), item -> hang.ignoringInterrupts());
            platform.bind(shelf, 1);
            long pid = platform.start();
            shelf.hold(pid);
            var first = CompletableFuture.supplyAsync(() -> platform.terminate(pid));
            hang.awaitInside(1);
            var waiting = new AtomicReference<ProcessEnd>();
            var second = Thread.ofPlatform().start(() -> waiting.set(platform.terminate(pid)));
            Patience.until(() -> second.getState() == Thread.State.TIMED_WAITING);

            hang.letGo();
            second.join();

            assertThat(waiting.get()).isEqualTo(first.get());
            assertThat(waiting.get().process().state()).isEqualTo(ProcessState.TERMINATED);
        }
    }

    @Test
    void unknownPidsAreRefusedAndForgottenOnesSaySo() {
        try (var platform = TestPlatform.create(settings -> settings.historySize(2))) {
            long first = platform.start();
            platform.terminate(first);
            platform.terminate(platform.start());
            platform.terminate(platform.start());

            assertThat(platform.processes().history()).extracting(end -> end.process().pid()).containsExactly(3L, 2L);
            assertThat(platform.terminate(first).reason()).isEqualTo(EndReason.FORGOTTEN);
            assertThat(platform.processes().process(first)).isEmpty();
            assertThatThrownBy(() -> platform.terminate(4)).isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> platform.terminate(0)).isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> platform.terminate(-1)).isInstanceOf(NoSuchProcessException.class);
        }
    }

    @Test
    void whatAPreparationAcquiredIsFreedWhenItFails() {
        try (var platform = TestPlatform.create()) {
            var shelf = new Shelf("items", platform.tables());
            platform.bind(shelf, 1);
            var spec = ProcessSpec.logical("prepared").withPreparation(pid -> {
                shelf.hold(pid);
                throw new IOException("no room");
            });

            var failure = catchThrowableOfType(ProcessStartException.class, () -> platform.start(spec));

            assertThat(failure).hasMessageContaining("no room").hasCauseInstanceOf(IOException.class);
            assertThat(failure.end().reason()).isEqualTo(EndReason.FAILED);
            assertThat(failure.end().cleanup().stats().resourcesFreed()).isEqualTo(1);
            assertThat(platform.processes().processes()).isEmpty();
        }
    }

    @Test
    void aTaskThatThrowsEndsItsProcessAsFailed() throws Exception {
        try (var platform = TestPlatform.create();
                var logs = Logs.of(TaskExecution.class)) {
            var process = platform.processes().start(ProcessSpec.task("thrower", () -> {
                throw new AssertionError("deliberately");
            }));

            assertThat(process.await(SOON).orElseThrow().reason()).isEqualTo(EndReason.FAILED);
            assertThat(logs.warnings()).singleElement().asString().contains("deliberately");
        }
    }

    @Test
    void aTaskIsInterruptedAndOneThatStaysIsNamedWhileTheEndGoesOn() {
        try (var platform = TestPlatform.create();
                var hang = new Hang();
                var logs = Logs.of(TaskExecution.class)) {
            var shelf = new Shelf("items", platform.tables());
            platform.bind(shelf, 1);
            long pid = platform.start(ProcessSpec.task("stays", hang::ignoringInterrupts));
            hang.awaitInside(1);
            shelf.hold(pid);

            var end = platform.terminate(pid);

            assertThat(hang.interrupts()).isEqualTo(1);
            assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
            assertThat(logs.warnings()).singleElement().asString().contains("reclaim-task-" + pid, "Hang");
            assertThatThrownBy(() -> shelf.hold(pid)).isInstanceOf(ProcessEndedException.class);
        }
    }

    @Test
    void whoWorksForTheProcessGetsTheResultSoFarAndTheEndGoesOn() throws Exception {
        try (var platform = TestPlatform.create()) {
            var soFar = new AtomicReference<ProcessEnd>();
            var process = platform.processes().start(ProcessSpec.task("suicide", () -> soFar.set(
                    platform.terminate(CurrentProcess.pid().orElseThrow()))));

            var end = process.await(SOON).orElseThrow();

            Patience.until(() -> soFar.get() != null);
            assertThat(soFar.get().process().state()).isIn(ProcessState.TERMINATING, ProcessState.TERMINATED);
            assertThat(end.process().state()).isEqualTo(ProcessState.TERMINATED);
        }
    }

    @Test
    void anInterruptedCallerKeepsItsFlagAndTheEndGoesOn() throws Exception {
        try (var platform = TestPlatform.create(settings -> settings.deadline(SOON));
                var hang = new Hang()) {
            var shelf = new Shelf("items", platform.tables(), item -> hang.ignoringInterrupts());
            platform.bind(shelf, 1);
            var process = platform.processes().start(ProcessSpec.logical("p"));
            shelf.hold(process.pid());
            var flag = new AtomicReference<Boolean>();
            var soFar = new AtomicReference<ProcessEnd>();
            var caller = Thread.ofPlatform().start(() -> {
                soFar.set(process.terminate());
                flag.set(Thread.currentThread().isInterrupted());
            });
            hang.awaitInside(1);

            caller.interrupt();
            caller.join();

            assertThat(flag.get()).isTrue();
            assertThat(soFar.get().process().state()).isEqualTo(ProcessState.TERMINATING);
            hang.letGo();
            assertThat(process.await(SOON).orElseThrow().cleanup().isSuccess()).isTrue();
        }
    }

    @Test
    void twoTasksThatEndEachOtherBothEnd() throws Exception {
        try (var platform = TestPlatform.create()) {
            var pids = new AtomicLong[] {new AtomicLong(), new AtomicLong()};
            Runnable[] tasks = new Runnable[2];
            for (int i = 0; i < 2; i++) {
                var other = pids[1 - i];
                tasks[i] = () -> {
                    Patience.until(() -> other.get() != 0);
                    platform.terminate(other.get());
                };
            }
            var first = platform.processes().start(ProcessSpec.task("first", tasks[0]));
            var second = platform.processes().start(ProcessSpec.task("second", tasks[1]));
            pids[0].set(first.pid());
            pids[1].set(second.pid());

            assertThat(first.await(SOON)).isPresent();
            assertThat(second.await(SOON)).isPresent();
        }
    }

    @Test
    void aCommandEndsItsProcessWithItsStatusAndTheEnvironmentOfItsPreparation() throws Exception {
        try (var platform = TestPlatform.create()) {
            var file = folder.resolve("said");
            var spec = ProcessSpec.command("say", "sh", "-c", "echo $WHAT$MORE > " + file + "; exit 7")
                    .withEnvironment(Map.of("MORE", "!"))
                    .withPreparation(pid -> Map.of("WHAT", "process " + pid));

            var process = platform.processes().start(spec);
            var end = process.await(SOON).orElseThrow();

            assertThat(end.reason()).isEqualTo(EndReason.EXITED);
            assertThat(end.exitStatus()).hasValue(7);
            assertThat(Files.readString(file)).isEqualTo("process " + process.pid() + "!\n");
        }
    }

    @Test
    void aCommandThatIgnoresTermIsKilledAfterItsGraceTimeWithWhatIsBelowIt() throws Exception {
        try (var platform = TestPlatform.create()) {
            var up = folder.resolve("up");
            var spec = ProcessSpec.command("stubborn", "sh", "-c",
                    "trap '' TERM; sleep 98765 & touch " + up + "; while :; do sleep 98766; done");
            var process = platform.processes().start(spec.withGrace(Duration.ofMillis(100)));
            Patience.until(() -> Files.exists(up));
            var below = ProcessHandle.of(process.info().osPid().orElseThrow()).orElseThrow().descendants().toList();

            var end = process.terminate();

            assertThat(end.exitStatus()).hasValue(128 + 9);
            assertThat(below).isNotEmpty();
            Patience.until(() -> below.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void aCommandThatIsMissingLeavesNothingBehind() {
        try (var platform = TestPlatform.create()) {
            var failure = catchThrowableOfType(
                    ProcessStartException.class,
                    () -> platform.start(ProcessSpec.command("missing", folder.resolve("nothing").toString())));

            assertThat(failure.end().exitStatus()).hasValue(127);
            assertThat(failure.end().reason()).isEqualTo(EndReason.FAILED);
            assertThat(platform.processes().processes()).isEmpty();
        }
    }
}
