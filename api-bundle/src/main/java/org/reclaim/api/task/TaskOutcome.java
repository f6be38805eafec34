package org.reclaim.api.task;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What became of a task, for those who wait for it. {@link TaskRun} decides under its lock by which of the three
 * methods it is set, and never calls another one then. What is set is written before the latch opens and read after
 * that, so it needs no other order.
 */
final class TaskOutcome<T> implements Future<T> {

    private final AsyncTask<T> task;
    private final TaskRun<T> run;
    private final CountDownLatch decided = new CountDownLatch(1);
    private boolean cancelled;
    private Throwable failure;
    private T result;

    TaskOutcome(AsyncTask<T> task, TaskRun<T> run) {
        this.task = task;
        this.run = run;
    }

    void succeed(T value) {
        result = value;
        decided.countDown();
    }

    void fail(Throwable thrown) {
        failure = thrown;
        decided.countDown();
    }

    void beCancelled() {
        cancelled = true;
        decided.countDown();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return run.cancel(mayInterruptIfRunning, false);
    }

    @Override
    public boolean isDone() {
        return decided.getCount() == 0;
    }

    @Override
    public boolean isCancelled() {
        return isDone() && cancelled;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        decided.await();
        return answer();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!decided.await(timeout, unit)) {
            throw new TimeoutException(task + " has no outcome yet: it is " + run.state());
        }
        return answer();
    }

    private T answer() throws ExecutionException {
        if (cancelled) {
            throw new CancellationException(task + " was cancelled");
        }
        if (failure != null) {
            throw new ExecutionException(task + " failed", failure);
        }
        return result;
    }

    @Override
    public String toString() {
        return "outcome of " + task;
    }
}
