package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.TaskInfo;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** The type is replaced while tasks run: another instance of it serves and frees them. */
@Timeout(60)
class SecondInstanceTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestPlatform reclaim = new TestPlatform(builder -> builder.without(AsyncTasks.TYPE));
    private final AsyncTasks first = newInstance(LONG);
    private final long pid = reclaim.start();

    private AsyncTasks newInstance(Duration grace) {
        return new AsyncTasks(reclaim.processes().tables(), grace);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void tasksGoOnAndTheSecondInstanceFindsCancelsAndFreesThem() throws Exception {
        var body = new Waiting();
        var runs = new AtomicInteger();
        var task = first.submit(pid, "runs", body);
        var periodic = first.scheduleAtFixedRate(
                pid, "again", Duration.ZERO, Duration.ofMillis(1), (Runnable) runs::incrementAndGet);
        var later = first.schedule(pid, "later", TaskSchedule.LONGEST, () -> {});
        body.awaitEntered();

        first.detach();
        int before = runs.get();
        await().until(() -> runs.get() > before);
        assertThatThrownBy(() -> first.submit(pid, "t", () -> {}))
                .isInstanceOf(ResourceTypeUnavailableException.class);
        var second = newInstance(LONG);

        assertThat(second.task(task.id())).containsSame(task);
        assertThat(second.tasks(pid)).extracting(TaskInfo::name).containsExactly("runs", "again", "later");
        assertThat(second.task(later.id()).orElseThrow().cancel()).isTrue();
        assertThat(later.awaitStop(LONG)).isTrue();
        assertThat(second.task(later.id())).isEmpty();
        assertThat(second.submit(pid, "new", () -> 1).id()).isGreaterThan(later.id());
        second.ending(pid);
        assertThat(second.cleanup(pid).errorsEncountered()).isZero();
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(periodic.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(second.hasResources(pid)).isFalse();
        assertThat(second.task(task.id())).isEmpty();
        assertThat(Threads.of(pid)).isZero();
    }

    @Test
    void whatFinishesWhileTheTypeIsAwayIsFreedWhenItIsBack() throws Exception {
        var goOn = new CountDownLatch(1);
        var task = first.submit(pid, "t", () -> {
            goOn.await();
            return "done";
        });
        first.detach();

        goOn.countDown();

        assertThat(task.future().get()).isEqualTo("done");
        assertThat(first.hasResources(pid)).isTrue();
        var second = newInstance(LONG);
        second.cleanup(pid);
        assertThat(second.hasResources(pid)).isFalse();
        assertThat(second.task(task.id())).isEmpty();
        assertThat(second.tasks(pid)).isEmpty();
    }

    @Test
    void whatDoesNotStopIsFoundByTheSecondInstanceOnceItHasTriedToReleaseIt() throws Exception {
        var body = new Stubborn();
        first.detach();
        var second = newInstance(Duration.ZERO);
        var task = second.submit(pid, "t", body);
        body.awaitEntered();
        assertThat(second.cleanup(pid).errorsEncountered()).isEqualTo(1);
        second.detach();

        var third = newInstance(Duration.ZERO);
        assertThat(third.cleanup(pid).errorsEncountered()).isEqualTo(1);

        assertThat(third.task(task.id())).containsSame(task);
        assertThat(third.tasks(pid)).hasSize(1);
        body.letGo();
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(third.cleanup(pid).resourcesFreed()).isEqualTo(1);
        assertThat(third.task(task.id())).isEmpty();
        assertThat(third.tasks(pid)).isEmpty();
    }

    @Test
    void twoInstancesSideBySideKnowTheSameTasksUntilTheyHaveStopped() throws Exception {
        var goOn = new CountDownLatch(1);
        var early = first.submit(pid, "early", () -> goOn.await(20, TimeUnit.SECONDS));
        var second = newInstance(LONG);
        var late = second.submit(pid, "late", () -> goOn.await(20, TimeUnit.SECONDS));

        for (var instance : List.of(first, second)) {
            assertThat(instance.task(early.id())).containsSame(early);
            assertThat(instance.task(late.id())).containsSame(late);
        }
        goOn.countDown();
        assertThat(early.awaitStop(LONG)).isTrue();
        assertThat(late.awaitStop(LONG)).isTrue();
        for (var instance : List.of(first, second)) {
            assertThat(instance.task(early.id())).isEmpty();
            assertThat(instance.task(late.id())).isEmpty();
        }
    }

    @Test
    void bothKnowWhatTheEndHadToLeaveUntilItHasStopped() throws Exception {
        var body = new Stubborn();
        var second = newInstance(Duration.ZERO);
        var task = second.submit(pid, "t", body);
        body.awaitEntered();

        assertThat(second.cleanup(pid).errorsEncountered()).isEqualTo(1);

        assertThat(first.tasks(pid)).isEqualTo(second.tasks(pid)).hasSize(1);
        body.letGo();
        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(first.task(task.id())).isEmpty();
        assertThat(first.tasks(pid)).isEmpty();
    }

    /** A task that finishes while the second instance looks for tasks must not be kept by it. */
    @Test
    void replacingByForceWhileTasksFinishKeepsNone() throws Exception {
        var present = first;
        for (int round = 0; round < 200; round++) {
            var tasks = new ArrayList<AsyncTask<?>>();
            for (int i = 0; i < 50; i++) {
                tasks.add(present.submit(pid, "t", () -> {}));
            }
            present.detach();
            present = newInstance(LONG);
            for (var task : tasks) {
                assertThat(task.awaitStop(LONG)).isTrue();
            }
            present.cleanup(pid);
            var second = present;
            assertThat(tasks).noneMatch(task -> second.task(task.id()).isPresent());
            assertThat(present.hasResources(pid)).isFalse();
        }
    }
}
