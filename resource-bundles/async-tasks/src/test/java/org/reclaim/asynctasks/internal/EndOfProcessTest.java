package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessState;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.testing.TestPlatform;

/** A process ends, and its tasks stop as they should. */
@Timeout(60)
class EndOfProcessTest {

    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration NO_WAIT = Duration.ofSeconds(10);

    private TestPlatform reclaim = with(builder -> {});
    private AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    /** So patient that on a busy machine, too, nothing but a fault is too late. */
    private static TestPlatform with(Consumer<ProcessManagers.Builder> settings) {
        return new TestPlatform(builder -> {
            builder.with(new AsyncTasksProvider(GRACE)).deadline(GRACE.multipliedBy(2));
            settings.accept(builder);
        });
    }

    @Test
    void whatRunsIsInterruptedAndWhatWaitsForItsTimeNeverStarts() throws Exception {
        var ran = new AtomicBoolean();
        var body = new Waiting();
        var all = List.of(
                tasks.submit(pid, "runs", body),
                tasks.schedule(pid, "later", TaskSchedule.LONGEST, () -> ran.set(true)),
                tasks.scheduleAtFixedRate(
                        pid, "rate", TaskSchedule.LONGEST, Duration.ofMillis(1), () -> ran.set(true)));
        var periodic = tasks.scheduleWithFixedDelay(pid, "pause", Duration.ZERO, TaskSchedule.LONGEST, () -> {});
        body.awaitEntered();
        await().until(() -> periodic.info().runs() == 1);
        assertThat(Threads.of(pid)).isEqualTo(4);

        var outcome = reclaim.end(pid, AsyncTasks.TYPE);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(4);
        assertThat(outcome.stats().cleanupDuration()).isLessThan(NO_WAIT);
        assertThat(Threads.of(pid)).isZero();
        assertThat(all).extracting(AsyncTask::state).containsOnly(TaskState.CANCELLED);
        assertThat(periodic.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(body.wasInterrupted()).isTrue();
        assertThat(ran).isFalse();
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(all).noneMatch(task -> tasks.task(task.id()).isPresent());
    }

    @Test
    void tasksOfOtherProcessesGoOn() throws Exception {
        var body = new Waiting();
        var other = tasks.submit(reclaim.start(), "other", body);
        tasks.submit(pid, "t", new Waiting());
        body.awaitEntered();

        reclaim.end(pid);

        assertThat(other.state()).isEqualTo(TaskState.RUNNING);
        assertThat(body.wasInterrupted()).isFalse();
    }

    /** What they use must not be freed before they had a chance to stop. */
    @Test
    void tasksAreInterruptedBeforeItIsTheTurnOfAnyType() throws Exception {
        var body = new Waiting();
        var interruptedFirst = new AtomicReference<Boolean>();
        reclaim.close();
        reclaim = with(builder -> builder.with(new OtherType("first", Integer.MAX_VALUE, () -> {
            body.awaitInterrupted();
            interruptedFirst.set(body.wasInterrupted());
        })));
        tasks = reclaim.manager(AsyncTaskManager.class);
        pid = reclaim.start();
        tasks.submit(pid, "t", body);
        body.awaitEntered();

        assertThat(reclaim.end(pid).cleanup().isSuccess()).isTrue();

        assertThat(interruptedFirst).hasValue(true);
    }

    /** Each that is interrupted waits until all others are: one by one they would not stop before their time is up. */
    @Test
    void allAreInterruptedBeforeAnyIsWaitedFor() throws Exception {
        int many = 10_000;
        var entered = new CountDownLatch(many);
        var interrupted = new CountDownLatch(many);
        for (int i = 0; i < many; i++) {
            tasks.submit(pid, "t", () -> {
                entered.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    interrupted.await();
                }
                return null;
            });
        }
        entered.await();

        var outcome = reclaim.end(pid, AsyncTasks.TYPE);

        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(many);
        assertThat(outcome.stats().cleanupDuration()).isLessThan(NO_WAIT);
        assertThat(Threads.of(pid)).isZero();
    }

    @Test
    void whoWaitsForTheOutcomeOfATaskLearnsThatItWasCancelled() throws Exception {
        var body = new Stubborn();
        var task = tasks.submit(pid, "t", body);
        body.awaitEntered();
        var waiting = new FutureTask<>(() -> task.future().get());
        var waiter = Thread.ofPlatform().start(waiting);
        await().until(() -> waiter.getState() == Thread.State.WAITING);

        var end = new FutureTask<>(() -> reclaim.end(pid));
        Thread.ofPlatform().start(end);

        // At once, though the task goes on.
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(CancellationException.class);
        assertThat(task.state()).isEqualTo(TaskState.CANCELLING);
        body.letGo();
        assertThat(end.get().cleanup().isSuccess()).isTrue();
    }

    /** It may be busy closing what it has: a second interrupt would hit that. */
    @Test
    void aTaskIsInterruptedOnce() throws Exception {
        var body = new Stubborn();
        var task = tasks.submit(pid, "t", body);
        body.awaitEntered();
        task.cancel();
        var end = new FutureTask<>(() -> reclaim.end(pid));
        Thread.ofPlatform().start(end);
        await().until(() -> reclaim.processes().process(pid).orElseThrow().state() == ProcessState.TERMINATING);
        await().until(() -> body.interrupts() > 0);

        body.letGo();

        assertThat(end.get().cleanup().stats().byType()).containsEntry(AsyncTasks.TYPE, 1L);
        assertThat(body.interrupts()).isEqualTo(1);
    }

    @Test
    void aTaskThatEndsItsOwnProcessIsNotWaitedForByItself() throws Exception {
        var end = new AtomicReference<ProcessEnd>();
        var task = tasks.submit(pid, "t", () -> {
            end.set(reclaim.end(pid));
            new CountDownLatch(1).await();
            return null;
        });

        assertThatThrownBy(() -> task.future().get()).isInstanceOf(CancellationException.class);
        var whole = reclaim.end(pid);

        assertThat(end.get().process().state()).isEqualTo(ProcessState.TERMINATING);
        assertThat(whole.cleanup().isSuccess()).as("%s", whole).isTrue();
        assertThat(whole.cleanup().stats().byType()).containsEntry(AsyncTasks.TYPE, 1L);
        assertThat(whole.cleanup().stats().cleanupDuration()).isLessThan(NO_WAIT);
    }

    /** It says that it works for another process, so it is believed to be able to wait for this one. */
    @Test
    void aTaskThatEndsItsOwnProcessInTheNameOfAnotherOneIsInterruptedInThat() throws Exception {
        long other = reclaim.start();
        var ends = new ArrayList<ProcessEnd>();
        var done = new CountDownLatch(1);
        tasks.submit(pid, "t", () -> CurrentProcess.run(other, () -> {
            ends.add(reclaim.end(pid));
            done.countDown();
        }));
        done.await();

        var whole = reclaim.end(pid);

        assertThat(ends).singleElement().satisfies(
                end -> assertThat(end.process().state()).isEqualTo(ProcessState.TERMINATING));
        assertThat(whole.cleanup().isSuccess()).as("%s", whole).isTrue();
        assertThat(whole.cleanup().stats().cleanupDuration()).isLessThan(NO_WAIT);
    }

    @Test
    void twoTasksThatEndEachOthersProcessBothStop() throws Exception {
        for (int round = 0; round < 100; round++) {
            long first = reclaim.start();
            long second = reclaim.start();
            var both = new CountDownLatch(2);
            for (long mine : List.of(first, second)) {
                tasks.submit(mine, "t", () -> {
                    both.countDown();
                    both.await();
                    return reclaim.end(mine == first ? second : first);
                });
            }

            assertThat(reclaim.end(first).cleanup().isSuccess()).isTrue();
            assertThat(reclaim.end(second).cleanup().isSuccess()).isTrue();
        }
    }

    @Test
    void theCleanupCancelsWhatNobodyHasAnnounced() throws Exception {
        try (var untold = new TestPlatform(builder -> builder.without(AsyncTasks.TYPE))) {
            var type = new AsyncTasks(untold.processes().tables(), GRACE);
            long process = untold.start();
            var body = new Waiting();
            type.submit(process, "t", body);
            type.schedule(process, "t", TaskSchedule.LONGEST, () -> {});
            body.awaitEntered();

            var stats = type.cleanup(process);

            assertThat(stats.resourcesFreed()).isEqualTo(2);
            assertThat(stats.errorsEncountered()).isZero();
            assertThat(Threads.of(process)).isZero();
            assertThat(type.hasResources(process)).isFalse();
            type.ending(process);
            assertThat(type.cleanup(process).resourcesFreed()).isZero();
        }
    }

    @Test
    void aTaskThatFinishesWhileItsProcessEndsIsCountedOnceOrHasLeftBefore() throws Exception {
        for (int round = 0; round < 300; round++) {
            long process = reclaim.start();
            var finished = new AtomicInteger();
            int many = 20;
            var all = new ArrayList<AsyncTask<?>>();
            for (int i = 0; i < many; i++) {
                all.add(tasks.submit(process, "t", (Runnable) finished::incrementAndGet));
            }

            var end = reclaim.end(process);

            assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();
            assertThat(all).allMatch(task -> task.state().isFinal() && task.isReleasable());
            assertThat(tasks.tasks(process)).isEmpty();
            assertThat(all).noneMatch(task -> tasks.task(task.id()).isPresent());
        }
        assertThat(reclaim.processes().inventory().unsettled()).isEmpty();
    }
}
