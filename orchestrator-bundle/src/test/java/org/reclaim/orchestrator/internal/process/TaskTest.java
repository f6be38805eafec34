package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** Processes that run a task. */
class TaskTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Hang hang = new Hang();
    private final TestPlatform platform = TestPlatform.create();
    private final Processes processes = platform.processes();
    private final Shelf shelf = new Shelf("items", platform.tables());

    {
        platform.bind(shelf, 0);
    }

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    private ManagedProcess run(Runnable task) {
        return processes.start(ProcessSpec.task("task", task));
    }

    private static ProcessEnd endOf(ManagedProcess process) throws InterruptedException {
        return process.await(SOON).orElseThrow();
    }

    @Test
    void aTaskRunsOnAThreadOfItsOwnInsideItsProcessAndEndsItWhenItReturns() throws Exception {
        var thread = new AtomicReference<Thread>();
        var current = new AtomicReference<OptionalLong>();
        var process = run(() -> {
            thread.set(Thread.currentThread());
            current.set(CurrentProcess.pid());
            shelf.hold(CurrentProcess.pid().orElseThrow());
        });

        var end = endOf(process);

        assertThat(end.reason()).isEqualTo(EndReason.EXITED);
        assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
        assertThat(current).hasValue(OptionalLong.of(process.pid()));
        assertThat(thread.get()).isNotSameAs(Thread.currentThread());
        assertThat(thread.get().isVirtual()).isFalse();
        assertThat(thread.get().getName()).isEqualTo("reclaim-task-" + process.pid());
    }

    @Test
    void aTaskThatThrowsHasFailed() throws Exception {
        try (var logs = Logs.of(TaskExecution.class)) {
            for (var fault : new Throwable[] {new IllegalStateException("broken"), new StackOverflowError("deep")}) {
                var end = endOf(run(() -> {
                    shelf.hold(CurrentProcess.pid().orElseThrow());
                    TaskTest.<RuntimeException>sneak(fault);
                }));

                assertThat(end.reason()).isEqualTo(EndReason.FAILED);
                assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
            }
            assertThat(logs.warnings()).hasSize(2);
            assertThat(logs.warnings().getFirst()).contains("TASK process 1 'task' threw").contains("broken");
        }
    }

    @Test
    void aTaskThatThrowsWhatCanNotBePrintedComesToItsEnd() throws Exception {
        var end = endOf(run(() -> {
            throw new RuntimeException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new IllegalStateException("no message for you");
                }
            };
        }));

        assertThat(end.reason()).isEqualTo(EndReason.FAILED);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable throwable) throws T {
        throw (T) throwable;
    }

    @Test
    void aTaskThatStopsWhenItIsInterruptedIsWaitedFor() throws Exception {
        var stoppedBeforeCleanup = new AtomicBoolean();
        var process = run(() -> {
            var item = shelf.hold(CurrentProcess.pid().orElseThrow()).get();
            try {
                hang.untilInterrupted();
            } finally {
                stoppedBeforeCleanup.set(!item.isReleased());
            }
        });
        hang.awaitInside(1);

        var end = process.terminate();

        assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(hang.inside()).isZero();
        assertThat(stoppedBeforeCleanup).isTrue();
        assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
    }

    @Test
    void aTaskThatIgnoresInterruptsIsNamedWithItsStackAndTheEndGoesOn() {
        var acquired = new CountDownLatch(1);
        var refused = new AtomicReference<Throwable>();
        var process = run(() -> {
            long pid = CurrentProcess.pid().orElseThrow();
            shelf.hold(pid);
            acquired.countDown();
            hang.ignoringInterrupts();
            try {
                shelf.hold(pid);
            } catch (ProcessEndedException e) {
                refused.set(e);
            }
        });
        hang.awaitInside(1);

        try (var logs = Logs.of(TaskExecution.class)) {
            long start = System.nanoTime();
            var end = process.terminate();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
            assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("did not stop within its grace time")
                    .contains("'reclaim-task-" + process.pid() + "'")
                    .contains("Hang.ignoringInterrupts");
        }
        hang.letGo();
        Patience.until(() -> refused.get() != null);
    }

    @Test
    void theGraceTimeOfTheProcessCounts() {
        var process = processes.start(
                ProcessSpec.task("patient", hang::ignoringInterrupts).withGrace(Duration.ofMinutes(1)));
        hang.awaitInside(1);
        Thread.ofPlatform().daemon().start(() -> {
            Patience.until(() -> hang.interrupts() == 1);
            hang.letGo();
        });

        try (var logs = Logs.of(TaskExecution.class)) {
            process.terminate();
            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void aTaskThatTerminatesItselfGetsTheResultSoFarAndTheEndGoesOnElsewhere() throws Exception {
        var soFar = new AtomicReference<ProcessEnd>();
        var process = run(() -> {
            long pid = CurrentProcess.pid().orElseThrow();
            shelf.hold(pid);
            soFar.set(processes.terminate(pid));
        });

        var end = endOf(process);

        assertThat(soFar.get().process().state()).isEqualTo(ProcessState.TERMINATING);
        assertThat(end.process().state()).isEqualTo(ProcessState.TERMINATED);
        assertThat(end.reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
    }

    @Test
    void twoTasksThatTerminateEachOtherBothEnd() throws Exception {
        for (int round = 0; round < 50; round++) {
            var pids = new long[2];
            var ready = new CountDownLatch(1);
            var one = run(() -> terminate(ready, pids, 1));
            var other = run(() -> terminate(ready, pids, 0));
            pids[0] = one.pid();
            pids[1] = other.pid();
            ready.countDown();

            assertThat(endOf(one).process().state()).isEqualTo(ProcessState.TERMINATED);
            assertThat(endOf(other).process().state()).isEqualTo(ProcessState.TERMINATED);
        }
    }

    private void terminate(CountDownLatch ready, long[] pids, int other) {
        try {
            ready.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes.terminate(pids[other]);
    }

    @Test
    void aTaskMayTerminateItsParent() throws Exception {
        var parent = processes.start(ProcessSpec.logical("parent"));
        var flagKept = new CountDownLatch(1);
        var child = processes.start(ProcessSpec.task("child", () -> {
            processes.terminate(parent.pid());
            if (Thread.interrupted()) {
                flagKept.countDown();
            }
        })
                .withParent(parent.pid()));

        assertThat(endOf(parent).reason()).isEqualTo(EndReason.TERMINATED);
        assertThat(endOf(child).reason()).isEqualTo(EndReason.PARENT_ENDED);
        assertThat(flagKept.getCount()).isZero();
    }

    @Test
    void anInterruptedCallerGetsTheResultSoFarKeepsItsFlagAndTheEndGoesOn() throws Exception {
        var slow = new Asked("slow") {
            @Override
            public CleanupStats cleanup(long pid) {
                hang.ignoringInterrupts();
                return super.cleanup(pid);
            }
        };
        try (var patient = TestPlatform.create(settings -> settings.deadline(Duration.ofMinutes(1)))) {
            patient.bind(slow, 0);
            var process = patient.processes().start(ProcessSpec.logical("test"));
            slow.hold(process.pid());
            var caller = Thread.currentThread();
            Thread.ofPlatform().daemon().start(() -> {
                hang.awaitInside(1);
                caller.interrupt();
            });

            var soFar = process.terminate();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(soFar.process().state()).isEqualTo(ProcessState.TERMINATING);
            assertThat(soFar.cleanup().outcomes()).isEmpty();

            // One who comes second and is interrupted does not wait either.
            Thread.currentThread().interrupt();
            assertThat(process.terminate().process().state()).isEqualTo(ProcessState.TERMINATING);
            assertThat(Thread.interrupted()).isTrue();

            hang.letGo();
            var end = endOf(process);
            assertThat(end.cleanup().stats().resourcesFreed()).isEqualTo(1);
            assertThat(slow.cleaned()).hasSize(1);
        }
    }

    @Test
    void aTaskCanNotBeAParentOnceItEnds() {
        var refused = new AtomicReference<Throwable>();
        var process = run(() -> {
            hang.ignoringInterrupts();
            try {
                processes.start(ProcessSpec.logical("late")
                        .withParent(CurrentProcess.pid().orElseThrow()));
            } catch (ProcessEndedException e) {
                refused.set(e);
            }
        });
        hang.awaitInside(1);
        Thread.ofPlatform().daemon().start(() -> {
            Patience.until(() -> hang.interrupts() == 1);
            hang.letGo();
        });

        process.terminate();

        Patience.until(() -> refused.get() != null);
        assertThatThrownBy(() -> shelf.hold(process.pid())).isInstanceOf(ProcessEndedException.class);
    }
}
