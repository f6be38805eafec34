package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.task.AsyncTask;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.testing.InterposedProvider;
import org.reclaim.testing.TestPlatform;

/** All ways to start a task: refused, at once or because the process ends meanwhile, or stopped. */
@Timeout(120)
class SubmitWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 100;
    private static final int ROUNDS = 100;
    private static final Duration SHORT = Duration.ofMillis(1);

    /** One way. */
    enum Way {
        SUBMIT {
            @Override
            AsyncTask<?> start(AsyncTaskManager tasks, long pid, Runnable body) {
                return tasks.submit(pid, "t", body);
            }
        },
        SCHEDULE {
            @Override
            AsyncTask<?> start(AsyncTaskManager tasks, long pid, Runnable body) {
                return tasks.schedule(pid, "t", SHORT, body);
            }
        },
        FIXED_RATE {
            @Override
            AsyncTask<?> start(AsyncTaskManager tasks, long pid, Runnable body) {
                return tasks.scheduleAtFixedRate(pid, "t", Duration.ZERO, SHORT, body);
            }
        },
        FIXED_DELAY {
            @Override
            AsyncTask<?> start(AsyncTaskManager tasks, long pid, Runnable body) {
                return tasks.scheduleWithFixedDelay(pid, "t", Duration.ZERO, SHORT, body);
            }
        };

        abstract AsyncTask<?> start(AsyncTaskManager tasks, long pid, Runnable body);
    }

    private final AtomicInteger running = new AtomicInteger();

    /** Runs until it is interrupted. */
    private void work() {
        running.incrementAndGet();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            running.decrementAndGet();
        }
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) {
        try (var reclaim = new TestPlatform()) {
            var tasks = reclaim.manager(AsyncTaskManager.class);
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.start(tasks, ended + 1, this::work))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.start(tasks, ended, this::work)).isInstanceOf(ProcessEndedException.class);

            assertNothingRuns(tasks, ended);
            assertNothingRuns(tasks, ended + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndNeverRuns(Way way) {
        var end = new AtomicReference<Runnable>();
        try (var reclaim = new TestPlatform(
                new InterposedProvider(new AsyncTasksProvider(), "reserve", () -> end.get().run()))) {
            var tasks = reclaim.manager(AsyncTaskManager.class);
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.start(tasks, pid, this::work))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertNothingRuns(tasks, pid);
            end.set(() -> {});
            var next = way.start(tasks, reclaim.start(), this::work);
            assertThat(tasks.task(next.id())).isPresent();
            assertThat(tasks.task(next.id() - 1)).as("the one that was refused").isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTaskIsStoppedOrRefused(Way way) throws Exception {
        try (var reclaim = new TestPlatform(); var threads = Executors.newFixedThreadPool(THREADS)) {
            var tasks = reclaim.manager(AsyncTaskManager.class);
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var started = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<List<AsyncTask<?>>> starting = () -> startUntilRefused(tasks, way, pid, started, ended);
                var results = new ArrayList<Future<List<AsyncTask<?>>>>();
                for (int i = 0; i < THREADS; i++) {
                    results.add(threads.submit(starting));
                }
                started.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.end(pid, AsyncTasks.TYPE);
                } finally {
                    ended.countDown();
                }

                var all = new ArrayList<AsyncTask<?>>();
                for (var each : results) {
                    all.addAll(each.get());
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertThat(outcome.stats().resourcesFreed()).isEqualTo(all.size());
                assertThat(all).allMatch(task -> task.state().isFinal() && task.isReleasable());
                assertThat(all).noneMatch(task -> tasks.task(task.id()).isPresent());
                assertThat(running).hasValue(0);
                assertThat(tasks.tasks(pid)).isEmpty();
            }
        }
    }

    private List<AsyncTask<?>> startUntilRefused(
            AsyncTaskManager tasks, Way way, long pid, CountDownLatch started, CountDownLatch ended)
            throws InterruptedException {
        var all = new ArrayList<AsyncTask<?>>();
        try {
            while (true) {
                all.add(way.start(tasks, pid, this::work));
                if (all.size() == 2) {
                    started.countDown();
                } else if (all.size() == ENOUGH) {
                    ended.await();
                }
            }
        } catch (ProcessEndedException refused) {
            return all;
        }
    }

    private void assertNothingRuns(AsyncTaskManager tasks, long pid) {
        assertThat(Threads.of(pid)).isZero();
        assertThat(running).hasValue(0);
        assertThat(tasks.tasks(pid)).isEmpty();
    }
}
