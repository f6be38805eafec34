package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskInfo;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** Tasks that run once and at once, and what can be known of them. */
@Timeout(60)
class AsyncTasksTest {

    private static final ThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

    private final TestPlatform reclaim = new TestPlatform();
    private final AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aTaskRunsOnAVirtualThreadOfItsOwnInsideItsProcess() throws Exception {
        var task = tasks.submit(
                pid, "mine", () -> List.of(Thread.currentThread(), CurrentProcess.pid(), AsyncTask.current()));

        var seen = task.future().get();

        var thread = (Thread) seen.get(0);
        assertThat(thread.isVirtual()).isTrue();
        assertThat(thread.getName())
                .isEqualTo("reclaim-async-task-" + task.id() + " 'mine' of process " + pid)
                .isEqualTo(task.threadName());
        assertThat(seen.get(1)).isEqualTo(OptionalLong.of(pid));
        assertThat(seen.get(2)).asString().contains(task.toString());
        assertThat(AsyncTask.current()).isEmpty();
    }

    @Test
    void aTaskInheritsNothingOfTheThreadThatSubmitsIt() throws Exception {
        var submitter = Thread.currentThread();
        var before = submitter.getContextClassLoader();
        INHERITABLE.set("of the submitter");
        submitter.setContextClassLoader(new ClassLoader(before) {});
        try {
            var loader = tasks.submit(pid, "t", () -> Thread.currentThread().getContextClassLoader());
            var inherited = tasks.submit(pid, "t", INHERITABLE::get);

            assertThat(loader.future().get()).isSameAs(ClassLoader.getSystemClassLoader());
            assertThat(inherited.future().get()).isNull();
        } finally {
            submitter.setContextClassLoader(before);
            INHERITABLE.remove();
        }
    }

    @Test
    void aTaskWithoutAResultRunsToo() throws Exception {
        var ran = new AtomicInteger();

        assertThat(tasks.submit(pid, "t", (Runnable) ran::incrementAndGet).future().get()).isNull();

        assertThat(ran).hasValue(1);
    }

    @Test
    void stateAndProgressAreFoundByIdWhileTheTaskRuns() throws Exception {
        var reported = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var task = tasks.submit(pid, "import", () -> {
            AsyncTask.current().orElseThrow().reportProgress(0.25);
            reported.countDown();
            goOn.await();
            throw new IllegalStateException("half way");
        });
        reported.await();

        var found = tasks.task(task.id()).orElseThrow();

        assertThat(found).isSameAs(task);
        assertThat(found.state()).isEqualTo(TaskState.RUNNING);
        assertThat(found.progress()).isEqualTo(0.25);
        assertThat(tasks.tasks(pid)).singleElement().satisfies(info -> {
            assertThat(info.id()).isEqualTo(task.id());
            assertThat(info.pid()).isEqualTo(pid);
            assertThat(info.name()).isEqualTo("import");
            assertThat(info.schedule()).isEqualTo(TaskSchedule.once(Duration.ZERO)).isEqualTo(task.schedule());
            assertThat(info.state()).isEqualTo(TaskState.RUNNING);
            assertThat(info.progress()).isEqualTo(0.25);
            assertThat(info.runs()).isEqualTo(1);
            assertThat(info.started()).hasValueSatisfying(
                    started -> assertThat(started).isAfterOrEqualTo(info.submitted()));
        });
        assertThat(task.stackTrace()).anyMatch(frame -> frame.getClassName().equals(getClass().getName()));
        goOn.countDown();
        assertThat(task.awaitStop(Duration.ofSeconds(20))).isTrue();
        task.reportProgress(0.5);
        assertThat(task.progress()).as("of a failed task, as it was").isEqualTo(0.25);
        assertThat(task.stackTrace()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 1.001, Double.NaN, Double.POSITIVE_INFINITY})
    void aProgressOutOfRangeIsRefused(double progress) {
        var task = tasks.submit(pid, "t", new Waiting());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> task.reportProgress(progress))
                .withMessage("progress is " + progress + ", must be 0 to 1");
        assertThat(task.progress()).isZero();
    }

    @Test
    void tasksAreListedByIdAndLabelled() {
        tasks.submit(pid, "now", new Waiting());
        tasks.schedule(pid, "later", Duration.ofHours(1), new Waiting());
        tasks.scheduleAtFixedRate(pid, "rate", Duration.ofHours(1), Duration.ofSeconds(5), () -> {});
        tasks.scheduleWithFixedDelay(pid, "pause", Duration.ofHours(1), Duration.ofMillis(1), () -> {});
        tasks.submit(reclaim.start(), "of another process", new Waiting());

        var listed = tasks.tasks(pid);

        assertThat(listed).extracting(TaskInfo::name).containsExactly("now", "later", "rate", "pause");
        assertThat(listed).extracting(TaskInfo::id).isSorted();
        assertThat(listed).extracting(TaskInfo::state).endsWith(
                TaskState.SCHEDULED, TaskState.SCHEDULED, TaskState.SCHEDULED);
        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactlyInAnyOrder(
                        "task " + listed.get(0).id() + " 'now'",
                        "task " + listed.get(1).id() + " 'later', after PT1H",
                        "task " + listed.get(2).id() + " 'rate', every PT5S",
                        "task " + listed.get(3).id() + " 'pause', again PT0.001S after each run");
        assertThat(tasks.tasks(pid + 100)).isEmpty();
        assertThat(tasks.task(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void tensOfThousandsOfFinishedTasksLeaveNothingBehind() throws Exception {
        int many = 50_000;
        var ran = new AtomicInteger();
        var ids = new HashSet<Long>();
        AsyncTask<?> last = null;
        for (int i = 0; i < many; i++) {
            last = tasks.submit(pid, "t", (Runnable) ran::incrementAndGet);
            ids.add(last.id());
        }
        last.future().get();

        await().untilAsserted(() -> assertThat(ran).hasValue(many));
        await().until(() -> reclaim.processes().inventory().resources(pid).isEmpty());
        assertThat(ids).hasSize(many).noneMatch(id -> tasks.task(id).isPresent());
        await().until(() -> Threads.of(pid) == 0);
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines", "bell\u0007"})
    void aNameThatPeopleCannotReadIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.submit(pid, name, new Waiting()))
                .withMessageStartingWith("name is '" + name.replaceAll("\\p{Cntrl}", "?") + "', must be 1 to 200 ");
        assertNothingWasStarted();
    }

    @Test
    void badArgumentsAreRefusedAndNothingIsStarted() {
        assertThatIllegalArgumentException().isThrownBy(() -> tasks.submit(pid, "n".repeat(201), new Waiting()));
        assertThatNullPointerException().isThrownBy(() -> tasks.submit(pid, null, new Waiting()));
        assertThatNullPointerException().isThrownBy(() -> tasks.submit(pid, "t", (Callable<?>) null));
        assertThatNullPointerException().isThrownBy(() -> tasks.submit(pid, "t", (Runnable) null));
        assertThatNullPointerException().isThrownBy(() -> tasks.schedule(pid, "t", null, new Waiting()));
        assertNothingWasStarted();
    }

    private void assertNothingWasStarted() {
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(Threads.of(pid)).isZero();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aTaskStartsTasksOfItsOwnProcess() throws Exception {
        var inner = tasks.submit(pid, "outer", () -> tasks.submit(
                        CurrentProcess.pid().getAsLong(), "inner", () -> CurrentProcess.pid().getAsLong()))
                .future()
                .get();

        assertThat(inner.pid()).isEqualTo(pid);
        assertThat(inner.future().get()).isEqualTo(pid);
    }
}
