package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.api.task.TaskSchedule;
import org.reclaim.api.task.TaskState;
import org.reclaim.testing.TestPlatform;

/** Tasks that run later, and again and again. */
@Timeout(60)
class PeriodicTasksTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration PERIOD = Duration.ofMillis(20);

    private final TestPlatform reclaim = new TestPlatform();
    private final AsyncTaskManager tasks = reclaim.manager(AsyncTaskManager.class);
    private final long pid = reclaim.start();

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aDelayedTaskRunsWhenItsTimeHasComeAndNotBefore() throws Exception {
        long start = System.nanoTime();

        long ran = tasks.schedule(pid, "t", Duration.ofMillis(100), System::nanoTime).future().get();

        assertThat(Duration.ofNanos(ran - start)).isBetween(Duration.ofMillis(100), LONG);
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(tasks.schedule(pid, "t", Duration.ofMillis(1), () -> {}).future().get()).isNull();
    }

    /** The n-th run is never before its time, however late the others were. */
    @Test
    void runsAtAFixedRateStartNeverTooEarlyAndAllOfThemAreOneTask() throws Exception {
        int runs = 10;
        Queue<Long> starts = new ConcurrentLinkedQueue<>();
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        Queue<Long> pids = new ConcurrentLinkedQueue<>();
        var enough = new CountDownLatch(runs);
        long begin = System.nanoTime();
        var task = tasks.scheduleAtFixedRate(pid, "t", PERIOD, PERIOD, () -> {
            starts.add(System.nanoTime());
            threads.add(Thread.currentThread());
            pids.add(CurrentProcess.pid().getAsLong());
            enough.countDown();
        });
        enough.await();

        assertThat(tasks.tasks(pid)).singleElement().satisfies(info -> {
            assertThat(info.id()).isEqualTo(task.id());
            assertThat(info.runs()).isGreaterThanOrEqualTo(runs);
        });
        assertThat(threads).containsOnly(threads.peek());
        assertThat(pids).containsOnly(pid);
        var times = List.copyOf(starts);
        for (int i = 0; i < runs; i++) {
            assertThat(Duration.ofNanos(times.get(i) - begin)).isGreaterThanOrEqualTo(PERIOD.multipliedBy(i + 1));
        }
        assertThat(task.future().isDone()).isFalse();
    }

    /** As those of a ScheduledExecutorService: what is late follows without a pause, and never at the same time. */
    @Test
    void aRunThatTakesTooLongIsFollowedByThoseThatItHasMadeLate() throws Exception {
        var period = Duration.ofMillis(200);
        var goOn = new CountDownLatch(1);
        Queue<Long> starts = new ConcurrentLinkedQueue<>();
        var concurrent = new AtomicInteger();
        var mostConcurrent = new AtomicInteger();
        tasks.scheduleAtFixedRate(pid, "t", Duration.ZERO, period, () -> {
            mostConcurrent.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
            starts.add(System.nanoTime());
            awaitUninterruptibly(goOn);
            concurrent.decrementAndGet();
        });
        await().until(() -> starts.size() == 1);
        long first = starts.peek();
        await().until(() -> System.nanoTime() - first > period.toNanos() * 4);
        assertThat(starts).hasSize(1);
        goOn.countDown();

        await().until(() -> starts.size() >= 5);

        var times = List.copyOf(starts);
        assertThat(Duration.ofNanos(times.get(4) - times.get(1))).as("three runs that were late").isLessThan(period);
        assertThat(mostConcurrent).hasValue(1);
    }

    @Test
    void betweenRunsWithAFixedDelayThereIsThatPause() {
        Queue<Long> starts = new ConcurrentLinkedQueue<>();
        Queue<Long> ends = new ConcurrentLinkedQueue<>();
        tasks.scheduleWithFixedDelay(pid, "t", Duration.ZERO, PERIOD, () -> {
            starts.add(System.nanoTime());
            LockSupport.parkNanos(PERIOD.toNanos());
            ends.add(System.nanoTime());
        });

        await().until(() -> starts.size() > 5);

        var begun = List.copyOf(starts);
        var ended = List.copyOf(ends);
        for (int i = 0; i < 5; i++) {
            assertThat(Duration.ofNanos(begun.get(i + 1) - ended.get(i))).isGreaterThanOrEqualTo(PERIOD);
        }
    }

    @Test
    void aRunThatThrowsEndsThemAll() {
        var runs = new AtomicInteger();
        var failure = new IllegalStateException("third time");
        try (var logs = new Logs(TaskReleaser.class)) {
            var task = tasks.scheduleAtFixedRate(pid, "poll", Duration.ZERO, Duration.ofMillis(1), () -> {
                if (runs.incrementAndGet() == 3) {
                    throw failure;
                }
            });

            assertThatThrownBy(() -> task.future().get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);

            assertThat(task.state()).isEqualTo(TaskState.FAILED);
            assertThat(task.info().runs()).isEqualTo(3);
            assertThat(tasks.tasks(pid)).isEmpty();
            assertThat(logs.warnings()).singleElement().asString()
                    .startsWith(task + " of process " + pid + " failed: java.lang.IllegalStateException: third time");
        }
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void cancelledBetweenTwoRunsItHasNoOther() throws Exception {
        var runs = new AtomicInteger();
        var task = tasks.scheduleAtFixedRate(
                pid, "t", Duration.ZERO, TaskSchedule.LONGEST, (Runnable) runs::incrementAndGet);
        await().until(() -> runs.get() == 1 && task.state() == TaskState.SCHEDULED);

        task.cancel();

        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(runs).hasValue(1);
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(tasks.tasks(pid)).isEmpty();
    }

    @Test
    void aRunThatCancelsItsTaskIsTheLast() throws Exception {
        var runs = new AtomicInteger();
        var task = tasks.scheduleWithFixedDelay(pid, "t", Duration.ZERO, Duration.ofMillis(1), () -> {
            if (runs.incrementAndGet() == 3) {
                AsyncTask.current().orElseThrow().cancel();
            }
        });

        assertThat(task.awaitStop(LONG)).isTrue();
        assertThat(runs).hasValue(3);
        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
    }

    /** A thread that is interrupted can't park: without care it would spin until the next run. */
    @Test
    void anInterruptThatARunLeavesBehindDisturbsNobody() throws Exception {
        Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
        Queue<Long> starts = new ConcurrentLinkedQueue<>();
        var enough = new CountDownLatch(3);
        var task = tasks.scheduleWithFixedDelay(pid, "t", Duration.ZERO, PERIOD, () -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            starts.add(System.nanoTime());
            Thread.currentThread().interrupt();
            enough.countDown();
        });

        assertThat(enough.await(20, TimeUnit.SECONDS)).isTrue();
        task.cancel();
        assertThat(task.awaitStop(LONG)).isTrue();

        assertThat(interrupted).containsOnly(false);
        var times = List.copyOf(starts);
        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(PERIOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.000000001S", "PT8760H0.000000001S", "PT-100000000H", "PT2562047788015215H"})
    void aDelayOutOfRangeIsRefused(String text) {
        var delay = Duration.parse(text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.schedule(pid, "t", delay, () -> {}))
                .withMessage("delay is " + delay + ", must be PT0S to PT8760H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.scheduleAtFixedRate(pid, "t", delay, PERIOD, () -> {}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.scheduleWithFixedDelay(pid, "t", delay, PERIOD, () -> {}));
        assertNothingWasStarted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.000999999S", "PT-1S", "PT8760H0.000000001S"})
    void aPeriodOutOfRangeIsRefused(String text) {
        var period = Duration.parse(text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.scheduleAtFixedRate(pid, "t", Duration.ZERO, period, () -> {}))
                .withMessage("period is " + period + ", must be PT0.001S to PT8760H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tasks.scheduleWithFixedDelay(pid, "t", Duration.ZERO, period, () -> {}));
        assertNothingWasStarted();
    }

    private void assertNothingWasStarted() {
        assertThat(tasks.tasks(pid)).isEmpty();
        assertThat(reclaim.end(pid, AsyncTasks.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
