package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** Tasks are cancelled while their process lives. */
@Timeout(60)
class CancelTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestPlatform reclaim = new TestPlatform();
    private final AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aCancelledTaskIsInterruptedAndLeavesByItself() throws Exception {
        var body = new Waiting();
        var task = tasks.submit(pid, "t", body);
        body.awaitEntered();

        assertThat(task.cancel()).isTrue();

        assertThat(task.future().isCancelled()).isTrue();
        assertThatThrownBy(() -> task.future().get()).isInstanceOf(CancellationException.class);
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(body.wasInterrupted()).isTrue();
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task.future().state()).isEqualTo(Future.State.CANCELLED);
        assertThat(task.cancel()).isFalse();
        assertThat(tasks.task(task.id())).isEmpty();
        assertThat(Threads.of(pid)).isZero();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aTaskWhoseTimeHasNotComeNeverStarts() throws Exception {
        var ran = new AtomicBoolean();
        var task = tasks.schedule(pid, "t", TaskSchedule.LONGEST, () -> ran.set(true));
        await().until(() -> task.stackTrace().length > 0);

        try (task) {
            assertThat(task.state()).isEqualTo(TaskState.SCHEDULED);
        }

        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task.info().runs()).isZero();
        assertThat(task.info().started()).isEmpty();
        assertThat(ran).isFalse();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aTaskThatIgnoresItIsNotWaitedForAndLeavesWhenItStops() throws Exception {
        var body = new Stubborn();
        var task = tasks.submit(pid, "t", body);
        body.awaitEntered();

        task.close();
        task.close();
        assertThat(task.cancel()).isFalse();

        assertThat(task.future().isCancelled()).isTrue();
        assertThat(task.state()).isEqualTo(TaskState.CANCELLING);
        assertThat(tasks.task(task.id())).containsSame(task);
        await().until(() -> body.interrupts() == 1);
        body.letGo();
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(body.interrupts()).isEqualTo(1);
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void cancelledWithoutInterruptItsCodeGoesOnAndItsResultIsDiscarded() throws Exception {
        var goOn = new CountDownLatch(1);
        var interrupted = new AtomicReference<Boolean>();
        var task = tasks.submit(pid, "t", () -> {
            goOn.await();
            interrupted.set(Thread.currentThread().isInterrupted());
            return "discarded";
        });
        await().until(() -> task.state() == TaskState.RUNNING);

        assertThat(task.future().cancel(false)).isTrue();
        goOn.countDown();

        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(interrupted).hasValue(false);
        assertThatThrownBy(() -> task.future().get()).isInstanceOf(CancellationException.class);
    }

    @Test
    void cancelledWithoutInterruptATaskThatWaitsForItsTimeIsWoken() throws Exception {
        var task = tasks.schedule(pid, "t", TaskSchedule.LONGEST, () -> {});

        assertThat(task.future().cancel(false)).isTrue();

        assertThat(task.awaitStop(LONG)).isTrue();
    }

    @Test
    void aTaskThatCancelsItselfIsNotInterruptedAndHasNoResult() throws Exception {
        var interrupted = new AtomicReference<Boolean>();
        var waited = new AtomicReference<Boolean>();
        var task = tasks.submit(pid, "t", () -> {
            var self = AsyncTask.current().orElseThrow();
            self.cancel();
            interrupted.set(Thread.currentThread().isInterrupted());
            waited.set(self.awaitStop(LONG));
            return "discarded";
        });

        assertThatThrownBy(() -> task.future().get()).isInstanceOf(CancellationException.class);
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(interrupted).hasValue(false);
        assertThat(waited).hasValue(false);
    }

    @Test
    void whatACancelledTaskThrowsIsNoFailure() throws Exception {
        try (var logs = new Logs(TaskReleaser.class)) {
            var body = new Waiting();
            var task = tasks.submit(pid, "t", body);
            body.awaitEntered();
            task.cancel();
            assertThat(task.awaitStop(LONG)).isTrue();

            assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
            assertThat(logs.warnings()).isEmpty();
        }
    }

    @Test
    void aTaskThatWaitsForAChannelIsWoken() throws Exception {
        var pipe = Pipe.open();
        try (var source = pipe.source(); var sink = pipe.sink()) {
            var outcome = new AtomicReference<Exception>();
            var reading = new CountDownLatch(1);
            var task = tasks.submit(pid, "t", () -> {
                reading.countDown();
                try {
                    return source.read(ByteBuffer.allocate(1));
                } catch (ClosedByInterruptException e) {
                    outcome.set(e);
                    throw e;
                }
            });
            reading.await();

            task.cancel();

            assertThat(task.awaitStop(LONG)).isTrue();
            assertThat(outcome.get()).isInstanceOf(ClosedByInterruptException.class);
            assertThat(source.isOpen()).isFalse();
            assertThat(sink.isOpen()).isTrue();
        }
    }

    /** Exactly one of them decides, and whatever it is, nothing is left. */
    @Test
    void cancellingByForceWhileTasksFinish() throws Exception {
        int rounds = 5_000;
        var ran = new AtomicInteger();
        int cancelled = 0;
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < rounds; i++) {
                var task = tasks.submit(pid, "t", (Runnable) ran::incrementAndGet);
                var others = threads.submit(task::cancel);

                boolean own = task.cancel();

                assertThat(own && others.get()).as("both have cancelled it").isFalse();
                boolean byAnybody = own || others.get();
                assertThat(task.awaitStop(LONG)).isTrue();
                assertThat(task.state()).isEqualTo(byAnybody ? TaskState.CANCELLED : TaskState.SUCCEEDED);
                assertThat(task.future().isCancelled()).isEqualTo(byAnybody);
                cancelled += byAnybody ? 1 : 0;
            }
        }
        assertThat(ran.get()).isGreaterThanOrEqualTo(rounds - cancelled);
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }
}
