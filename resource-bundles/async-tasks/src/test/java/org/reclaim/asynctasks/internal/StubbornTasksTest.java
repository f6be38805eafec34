package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskInfo;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** A process ends, and tasks of it ignore interrupts. */
@Timeout(60)
class StubbornTasksTest {

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Stubborn body = new Stubborn();
    private TestPlatform reclaim = new TestPlatform(new AsyncTasksProvider(GRACE));
    private AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private long pid = reclaim.start();

    @AfterEach
    void close() {
        body.letGo();
        reclaim.close();
    }

    private AsyncTask<Void> stubborn(String name) throws InterruptedException {
        var task = tasks.submit(pid, name, body);
        body.awaitEntered();
        return task;
    }

    @Test
    void aTaskThatDoesNotStopIsNamedWithItsStackAndUnsettled() throws Exception {
        var task = stubborn("import");
        TypeOutcome outcome;
        try (var logs = new Logs(AsyncTasks.class)) {
            outcome = reclaim.end(pid, AsyncTasks.TYPE);

            assertThat(logs.warnings()).singleElement().asString()
                    .startsWith(task + " of process " + pid + " did not stop within " + GRACE)
                    .contains("'" + task.threadName() + "' is at\n    at ")
                    .contains(Stubborn.class.getName() + ".run");
        }

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.stats().resourcesFreed()).isZero();
        assertThat(outcome.stats().errorsEncountered()).isPositive();
        assertThat(outcome.stats().cleanupDuration()).isBetween(GRACE, LONG);
        assertThat(outcome.detail()).contains(
                task + " has not stopped: its thread is at " + Stubborn.class.getName() + ".run(Stubborn.java:");
        assertThat(reclaim.processes().inventory().unsettled())
                .extracting(UnsettledResources::pid, UnsettledResources::resourceType, UnsettledResources::resources)
                .containsExactly(tuple(pid, AsyncTasks.TYPE, 1L));
        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactly(task.toString());
        assertThat(tasks.task(task.id())).containsSame(task);
        assertThat(tasks.tasks(pid)).extracting(TaskInfo::id, TaskInfo::state)
                .containsExactly(tuple(task.id(), TaskState.CANCELLING));
        assertThat(Threads.of(pid)).isEqualTo(1);
    }

    @Test
    void itIsSettledAsSoonAsItStops() throws Exception {
        var task = stubborn("import");
        reclaim.end(pid);
        awaitTries(1);

        body.letGo();
        assertThat(task.awaitStop(LONG)).isTrue();

        // By itself, before its thread ends: the next try is two seconds after the first.
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(tasks.task(task.id())).isEmpty();
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(Threads.of(pid)).isZero();
    }

    /** A second grace time for each try would keep the tries of all other processes waiting. */
    @Test
    void tryingAgainDoesNotWaitAgainNorWarnAgain() throws Exception {
        stubborn("t");
        reclaim.end(pid);
        try (var logs = new Logs(AsyncTasks.class)) {
            long start = System.nanoTime();
            var result = reclaim.processes().orchestrator().cleanupProcess(pid);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GRACE);
            assertThat(result.isSuccess()).isFalse();
            awaitTries(1);
            assertThat(logs.warnings()).isEmpty();
        }
        assertThat(body.interrupts()).isEqualTo(1);
    }

    @Test
    void allShareOneGraceTimeAndThoseThatStopAreFreed() throws Exception {
        int many = 20;
        var stubborn = new ArrayList<AsyncTask<?>>();
        for (int i = 0; i < many; i++) {
            stubborn.add(stubborn("t"));
            tasks.submit(pid, "good", new Waiting());
        }
        try (var logs = new Logs(AsyncTasks.class)) {
            var outcome = reclaim.end(pid, AsyncTasks.TYPE);

            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.stats().resourcesFreed()).isEqualTo(many);
            // Whoever tries to release one at that moment counts, too: the platform does once after its start.
            assertThat(outcome.stats().errorsEncountered()).isGreaterThanOrEqualTo(many);
            assertThat(outcome.stats().cleanupDuration()).isBetween(GRACE, GRACE.multipliedBy(10));
            assertThat(logs.warnings()).hasSize(many);
        }
        assertThat(tasks.tasks(pid)).extracting(TaskInfo::id)
                .isEqualTo(stubborn.stream().map(AsyncTask::id).toList());
        body.letGo();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertThat(tasks.tasks(pid)).isEmpty();
    }

    @Test
    void aTaskThatStopsWithinTheGraceTimeIsFreedAndTheEndDoesNotWaitLonger() throws Exception {
        reclaim.close();
        reclaim = new TestPlatform(builder ->
                builder.with(new AsyncTasksProvider(LONG)).deadline(LONG.multipliedBy(2)));
        tasks = reclaim.manager(AsyncTaskManager.class);
        pid = reclaim.start();
        stubborn("t");
        Thread.ofPlatform().start(() -> {
            await().until(() -> body.interrupts() == 1);
            body.letGo();
        });

        var outcome = reclaim.end(pid, AsyncTasks.TYPE);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(outcome.stats().cleanupDuration()).isLessThan(LONG);
    }

    @Test
    void aTaskThatWasCancelledBeforeTheEndAndDoesNotStopIsLeftAsAnyOther() throws Exception {
        var task = stubborn("t");
        task.cancel();

        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.FAILED);

        body.letGo();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertThat(body.interrupts()).isEqualTo(1);
    }

    /** While types are cleaned that come later, and before the end is recorded. */
    @Test
    void aTaskThatStopsBeforeTheEndIsDoneIsSettledWithIt() throws Exception {
        reclaim.close();
        var turn = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        reclaim = new TestPlatform(builder -> builder
                .with(new AsyncTasksProvider(GRACE))
                .with(new OtherType("last", Integer.MIN_VALUE, () -> {
                    turn.countDown();
                    goOn.await();
                })));
        tasks = reclaim.manager(AsyncTaskManager.class);
        pid = reclaim.start();
        var task = stubborn("t");
        var end = new FutureTask<>(() -> reclaim.end(pid, AsyncTasks.TYPE));
        Thread.ofPlatform().start(end);
        turn.await();

        body.letGo();
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
        goOn.countDown();

        assertThat(end.get().status()).isEqualTo(Status.FAILED);
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
    }

    private void awaitTries(int tries) {
        await().until(() -> reclaim.processes().inventory().unsettled().getFirst().tries() >= tries);
    }
}
