package org.reclaim.api.task;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.reclaim.api.ResourceHandle;

/**
 * A task of a process. Made by the {@link AsyncTaskManager}; thread-safe.
 *
 * <p>It is its own handle. A finished task leaves its process by itself, so a {@link ResourceHandle}, whose
 * {@code get()} throws from then on, would be of no use to who wants the outcome of a short one. And closing a handle
 * gives its resource back before it returns, or throws; but a task is cancelled in an instant, and stops when it does.
 *
 * <p>By the time its {@link #future} answers with a result or a failure, the task has left its process. Whatever it
 * was, its outcome stays here for as long as somebody keeps this.
 *
 * @param <T> its result
 */
public final class AsyncTask<T> implements AutoCloseable {

    /** The longest name, in characters. */
    public static final int MAX_NAME_LENGTH = 200;

    static final ScopedValue<AsyncTask<?>> CURRENT = ScopedValue.newInstance();

    /** Counted here and not by a manager, which may be replaced: a number stands for one task for good. */
    private static final AtomicLong LAST_ID = new AtomicLong();

    private final long id = LAST_ID.incrementAndGet();
    private final long pid;
    private final String name;
    private final TaskSchedule schedule;
    private final TaskRun<T> run;

    /**
     * For the resource type only. The task does not run before {@link #start}.
     *
     * @param index    where it is to be found while it runs
     * @param pid      the process
     * @param name     for people
     * @param schedule when it runs
     * @param body     what to run
     * @throws IllegalArgumentException if the name is empty, too long, or has control characters
     */
    public AsyncTask(TaskIndex index, long pid, String name, TaskSchedule schedule, Callable<? extends T> body) {
        this.pid = pid;
        this.name = requireValidName(name);
        this.schedule = Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(index, "index");
        this.run = new TaskRun<>(index, this, schedule, Objects.requireNonNull(body, "body"));
    }

    private static String requireValidName(String name) {
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            var head = name.length() > MAX_NAME_LENGTH ? name.substring(0, MAX_NAME_LENGTH) + "..." : name;
            throw new IllegalArgumentException("name is '" + head.replaceAll("\\p{Cntrl}", "?") + "', must be 1 to "
                    + MAX_NAME_LENGTH + " characters, not blank, without control characters");
        }
        return name;
    }

    /**
     * The task whose code calls this. Inherited by threads that a structured task scope forks.
     *
     * @return it, or empty outside of any
     */
    public static Optional<AsyncTask<?>> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /**
     * Its number.
     *
     * @return from 1, never used again in this JVM
     */
    public long id() {
        return id;
    }

    /**
     * The process that it runs for.
     *
     * @return its pid
     */
    public long pid() {
        return pid;
    }

    /**
     * Its name.
     *
     * @return for people; need not be unique
     */
    public String name() {
        return name;
    }

    /**
     * When it runs.
     *
     * @return as it was handed in
     */
    public TaskSchedule schedule() {
        return schedule;
    }

    /**
     * Where it is in its life.
     *
     * @return its state at this moment
     */
    public TaskState state() {
        return run.state();
    }

    /**
     * All about it.
     *
     * @return a snapshot
     */
    public TaskInfo info() {
        return run.info();
    }

    /**
     * How far it is.
     *
     * @return from 0 to 1, as {@link #reportProgress} was called last; 1 once it has succeeded
     */
    public double progress() {
        return run.info().progress();
    }

    /**
     * Says how far it is; for its own code, which finds it by {@link #current}. Ignored once it has finished.
     *
     * @param progress from 0 to 1; may go back
     * @throws IllegalArgumentException if it is out of range
     */
    public void reportProgress(double progress) {
        if (!(progress >= 0 && progress <= 1)) { // written so that NaN is refused, too
            throw new IllegalArgumentException("progress is " + progress + ", must be 0 to 1");
        }
        run.reportProgress(progress);
    }

    /**
     * Its outcome, for those who wait for it. Of a cancelled task it is there at once, though the task's code may not
     * have returned yet: see {@link #awaitStop}. A periodic task has none before it was cancelled or has failed. There
     * are no callbacks, because they would run on whatever thread cancels: what is to follow is the task's own code.
     *
     * @return {@link Future#get()} throws {@link java.util.concurrent.CancellationException} if it was cancelled, and
     *     {@link java.util.concurrent.ExecutionException} with what its code threw; {@link Future#cancel} cancels it,
     *     with {@code false} without interrupting code that runs
     */
    public Future<T> future() {
        return run.outcome;
    }

    /**
     * Cancels it: what has not started never starts, what runs is interrupted, once. Does not wait for it to stop; it
     * leaves its process when it does. Called by its own code it only has no further runs, and no result.
     *
     * @return true if this call did it; false if it was cancelled before, or has finished
     */
    public boolean cancel() {
        return run.cancel(true, false);
    }

    /** As {@link #cancel}: for tasks that are not to outlive a block of code. */
    @Override
    public void close() {
        cancel();
    }

    /**
     * Waits until its thread has stopped: nothing of it runs any more, and unless its process is ending it has left
     * that. Its own code would wait for itself, and gets false at once.
     *
     * @param timeout how long to wait at most; zero or less to look only
     * @return whether it has stopped
     * @throws InterruptedException if the calling thread is interrupted
     */
    public boolean awaitStop(Duration timeout) throws InterruptedException {
        return run.awaitStop(timeout);
    }

    /**
     * Where its thread is at this moment.
     *
     * @return its stack from the top; empty if it does not run
     */
    public StackTraceElement[] stackTrace() {
        return run.thread.getStackTrace();
    }

    /**
     * The name of its thread, as thread dumps show it.
     *
     * @return for people
     */
    public String threadName() {
        return run.thread.getName();
    }

    /**
     * Starts it unless it was cancelled meanwhile; for the resource type only, once.
     *
     * @param handle by which it leaves its process
     */
    public void start(ResourceHandle<?> handle) {
        run.start(Objects.requireNonNull(handle, "handle"));
    }

    /**
     * Cancels it because its process ends; for the resource type only. When it stops it stays where it is, for the
     * cleanup of its process to release and count.
     */
    public void cancelWithProcess() {
        run.cancel(true, true);
    }

    /**
     * Lets go of it; for the resource type only. If it is refused the task closes its handle when it stops.
     *
     * @throws IllegalStateException if it has not stopped: it is still held; names the task, its thread and where that
     *                               is
     */
    public void release() {
        run.release();
    }

    /**
     * Whether {@link #release} would let go of it; for the resource type only.
     *
     * @return true once it has stopped
     */
    public boolean isReleasable() {
        return run.isStopped();
    }

    /**
     * What its code has thrown; for the resource type, which logs it.
     *
     * @return the stack trace as text, made on the task's own thread; empty if it has not failed
     */
    public String failureText() {
        return run.failureText();
    }

    /** For people, such as {@code task 17 'import', every PT5S}. */
    @Override
    public String toString() {
        var atOnce = schedule.kind() == TaskSchedule.Kind.ONCE && schedule.delay().isZero();
        return "task " + id + " '" + name + "'" + (atOnce ? "" : ", " + schedule);
    }
}
