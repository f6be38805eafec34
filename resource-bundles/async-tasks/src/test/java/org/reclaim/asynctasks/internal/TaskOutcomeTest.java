package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** What becomes of tasks, and who waits for it. */
@Timeout(60)
class TaskOutcomeTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void whoHasTheOutcomeFindsTheTaskGoneAndItsOutcomeKept() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            var task = tasks.submit(pid, "t", () -> number);

            assertThat(task.future().get()).isEqualTo(number);

            assertThat(tasks.task(task.id())).isEmpty();
            assertThat(tasks.tasks(pid)).isEmpty();
            assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
            assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(task.progress()).isEqualTo(1);
            assertThat(task.future().resultNow()).isEqualTo(number);
        }
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void whatATaskThrowsIsKeptAndLoggedAndTheTaskIsGone() {
        var failure = new IOException("no disk");
        try (var logs = new Logs(TaskReleaser.class)) {
            var task = tasks.submit(pid, "import", () -> {
                throw failure;
            });

            assertThatThrownBy(() -> task.future().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining(task.toString())
                    .cause()
                    .isSameAs(failure);

            assertThat(task.state()).isEqualTo(TaskState.FAILED);
            assertThat(task.future().state()).isEqualTo(Future.State.FAILED);
            assertThat(task.future().exceptionNow()).isSameAs(failure);
            assertThat(tasks.task(task.id())).isEmpty();
            assertThat(logs.warnings()).singleElement().asString()
                    .startsWith(task + " of process " + pid + " failed: java.io.IOException: no disk\n\tat ")
                    .contains(getClass().getName());
        }
    }

    @Test
    void anErrorWhoseTextCannotBeHadEndsTheTaskAsAnyOther() {
        var hostile = new StackOverflowError() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no message for you");
            }

            @Override
            public String toString() {
                return getMessage();
            }
        };
        try (var logs = new Logs(TaskReleaser.class)) {
            var task = tasks.submit(pid, "t", () -> {
                throw hostile;
            });

            await().until(() -> task.future().isDone());

            assertThat(task.state()).isEqualTo(TaskState.FAILED);
            assertThat(logs.warnings()).singleElement().asString().contains("its text threw");
        }
    }

    @Test
    void whoWaitsForAnOutcomeGivesUpInTimeAndCanBeInterrupted() throws Exception {
        var body = new Waiting();
        var task = tasks.submit(pid, "t", body);
        body.awaitEntered();

        assertThatThrownBy(() -> task.future().get(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage(task + " has no outcome yet: it is RUNNING");
        assertThat(task.awaitStop(Duration.ofMillis(1))).isFalse();
        assertThat(task.awaitStop(Duration.ofDays(1).negated())).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> task.future().get()).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> task.awaitStop(Duration.ofDays(1))).isInstanceOf(InterruptedException.class);
        assertThat(task.future().isDone()).isFalse();
    }

    @Test
    void whoWaitsOnAVirtualThreadLeavesItsCarrierToOthers() throws Exception {
        var body = new Stubborn();
        var waited = tasks.submit(pid, "waited for", body);
        var waiting = new CountDownLatch(Runtime.getRuntime().availableProcessors() * 4);
        for (long i = waiting.getCount(); i > 0; i--) {
            tasks.submit(pid, "waits", () -> {
                waiting.countDown();
                return waited.future().get();
            });
        }
        waiting.await();

        assertThat(tasks.submit(pid, "another one", () -> 1).future().get(20, TimeUnit.SECONDS)).isEqualTo(1);

        body.letGo();
        await().until(() -> tasks.tasks(pid).isEmpty());
    }

    @Test
    void aFinishedTaskKeepsNothingOfItsCodeAlive() throws Exception {
        var captured = new AtomicReference<>(new Object());
        var reference = new WeakReference<>(captured.get());
        var task = tasks.submit(pid, "t", codeThatHolds(captured.getAndSet(null)));
        task.future().get();

        await().until(() -> {
            System.gc();
            return reference.get() == null;
        });
        assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    }

    private static Callable<Integer> codeThatHolds(Object captured) {
        return captured::hashCode;
    }

    @Test
    void manyWaitForOneOutcome() throws Exception {
        var goOn = new CountDownLatch(1);
        var task = tasks.submit(pid, "t", () -> {
            goOn.await();
            return "done";
        });
        var waiting = List.of(new FutureTask<>(() -> task.future().get()), new FutureTask<>(() -> task.future().get()));
        waiting.forEach(each -> Thread.ofPlatform().start(each));

        goOn.countDown();

        for (var each : waiting) {
            assertThat(each.get()).isEqualTo("done");
        }
    }
}
