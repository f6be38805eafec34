package org.reclaim.api.task;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.task.TaskSchedule.Kind;

/**
 * The thread of a task, and what it does. All of it is of this package, so that neither the thread nor its stack keeps
 * a resource bundle alive that has been replaced.
 *
 * <p>The thread ends in this order: its code has returned ({@code stopped}: it may be released); unless the end of its
 * process is to do that, it closes its handle, which releases it; the outcome is published. So who has the outcome
 * finds the task gone. Only a cancelled task's outcome is published earlier, by who cancels.
 *
 * <p>Who releases a task that stops while its process ends is decided under the lock: the end, if it has cancelled the
 * task; but the task itself, if the end has come to release it meanwhile and had to leave it.
 */
final class TaskRun<T> implements Runnable {

    private final TaskIndex index;
    private final AsyncTask<T> task;
    private final TaskSchedule schedule;
    private final Instant submitted = Instant.now();

    final TaskOutcome<T> outcome;
    final Thread thread;

    // Used by the thread alone; the text by others, too, once they have seen it stopped.
    private T value;
    private Throwable thrown;
    private String failureText = "";

    /** Guards what follows. No foreign code runs under it, nor anything that waits. */
    private final Object lock = new Object();

    private TaskState state = TaskState.SCHEDULED;

    /** Null once nothing will call it any more: what it refers to can be garbage then, whoever keeps the task. */
    private Callable<? extends T> body;

    private ResourceHandle<?> handle;
    private double progress;
    private long runs;
    private Optional<Instant> started = Optional.empty();
    private boolean begun;
    private boolean interrupted;
    private boolean stopped;
    private boolean leftToEnd;
    private boolean leftByEnd;

    TaskRun(TaskIndex index, AsyncTask<T> task, TaskSchedule schedule, Callable<? extends T> body) {
        this.index = index;
        this.task = task;
        this.outcome = new TaskOutcome<>(task, this);
        this.schedule = schedule;
        this.body = body;
        // Inheriting nothing, it has the system's class loader as its context's, and not that of who submits.
        thread = Thread.ofVirtual()
                .inheritInheritableThreadLocals(false)
                .name("reclaim-async-task-" + task.id() + " '" + task.name() + "' of process " + task.pid())
                .unstarted(this);
    }

    /** If this throws, or it was cancelled before, the thread never runs. */
    void start(ResourceHandle<?> tracked) {
        boolean closes;
        synchronized (lock) {
            if (begun) {
                throw new IllegalStateException(task + " was started before");
            }
            if (!stopped) {
                thread.start();
                handle = tracked;
                begun = true;
                index.add(task); // its code does not run before this lock is free
                return;
            }
            closes = releasesItself();
        }
        outcome.beCancelled();
        if (closes) {
            tracked.close();
        }
    }

    @Override
    public void run() {
        try {
            CurrentProcess.run(task.pid(), () -> ScopedValue.where(AsyncTask.CURRENT, task).run(this::work));
        } finally {
            finish();
        }
    }

    private void work() {
        long due = System.nanoTime() + schedule.delay().toNanos();
        while (awaitDue(due)) {
            var code = beginRun();
            if (code.isEmpty() || !call(code.get()) || !endRun()) {
                return;
            }
            due = (schedule.kind() == Kind.FIXED_RATE ? due : System.nanoTime()) + schedule.period().toNanos();
        }
    }

    /** False if it was cancelled. */
    private boolean awaitDue(long due) {
        while (true) {
            // What an earlier run left set would keep this thread from parking. Cleared before the look: who cancels
            // sets the state first and interrupts then, so either it is seen here or the thread does not park.
            Thread.interrupted();
            if (state() == TaskState.CANCELLING) {
                return false;
            }
            long left = due - System.nanoTime();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** Empty if it was cancelled. */
    private Optional<Callable<? extends T>> beginRun() {
        synchronized (lock) {
            if (state == TaskState.CANCELLING) {
                return Optional.empty();
            }
            state = TaskState.RUNNING;
            runs++;
            started = Optional.of(Instant.now());
            return Optional.of(body);
        }
    }

    /** False if there is to be no other. */
    private boolean endRun() {
        synchronized (lock) {
            if (!schedule.isPeriodic() || state == TaskState.CANCELLING) {
                return false;
            }
            state = TaskState.SCHEDULED;
            return true;
        }
    }

    /** False if it threw. */
    private boolean call(Callable<? extends T> code) {
        try {
            value = code.call();
            return true;
        } catch (Throwable t) { // foreign code: an Error, too, ends the task and not more
            thrown = t;
            // Made here, on the task's own time: to make it is to call foreign code.
            failureText = state() == TaskState.CANCELLING ? "" : StackText.of(t);
            return false;
        }
    }

    private void finish() {
        // An interrupt that was meant for its code must not hit the release.
        Thread.interrupted();
        Optional<ResourceHandle<?>> toClose;
        synchronized (lock) {
            stopped = true;
            index.remove(task);
            toClose = releasesItself() ? Optional.of(handle) : Optional.empty();
            // Both refer to more than who keeps the task wants to keep.
            handle = null;
            body = null;
            if (state == TaskState.CANCELLING) {
                failureText = "";
            }
        }
        try {
            toClose.ifPresent(ResourceHandle::close);
        } finally {
            publish();
        }
    }

    private void publish() {
        synchronized (lock) {
            if (state == TaskState.CANCELLING) {
                state = TaskState.CANCELLED;
                value = null;
                thrown = null;
            } else if (thrown != null) {
                state = TaskState.FAILED;
                outcome.fail(thrown);
            } else {
                state = TaskState.SUCCEEDED;
                progress = 1;
                outcome.succeed(value);
            }
        }
    }

    private boolean releasesItself() {
        return !leftToEnd || leftByEnd;
    }

    /** {@code withProcess}: for the end of its process, which then is to release it. True if it did it. */
    boolean cancel(boolean mayInterrupt, boolean withProcess) {
        boolean first;
        boolean interrupts;
        synchronized (lock) {
            if (stopped) {
                return false;
            }
            leftToEnd |= withProcess;
            first = state != TaskState.CANCELLING;
            // Once: its code may be busy stopping. And what waits for its time has no code that minds.
            interrupts = begun
                    && !interrupted
                    && (mayInterrupt || state == TaskState.SCHEDULED)
                    && Thread.currentThread() != thread;
            interrupted |= interrupts;
            state = TaskState.CANCELLING;
            if (!begun) {
                stopUnbegun();
            }
        }
        if (first) {
            outcome.beCancelled();
        }
        // Not under the lock: this closes the channel that its code waits for, if any, and that can be anybody's.
        if (interrupts) {
            thread.interrupt();
        }
        return first;
    }

    private void stopUnbegun() {
        state = TaskState.CANCELLED;
        stopped = true;
        body = null;
    }

    void release() {
        if (isStopped()) {
            return; // without looking for its stack, which costs more than all else here
        }
        // Looked up before the decision, so that what stops at this very moment is not left after all.
        var place = StackText.top(thread);
        synchronized (lock) {
            if (!begun && !stopped) {
                stopUnbegun();
            }
            if (stopped) {
                return;
            }
            leftByEnd = true;
            index.leave(task);
        }
        throw new IllegalStateException(task + " has not stopped: its thread is at " + place);
    }

    boolean awaitStop(Duration timeout) throws InterruptedException {
        synchronized (lock) {
            if (!begun) {
                return stopped;
            }
        }
        return Thread.currentThread() != thread && thread.join(timeout);
    }

    boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    String failureText() {
        return failureText;
    }

    void reportProgress(double reported) {
        synchronized (lock) {
            if (!stopped) {
                progress = reported;
            }
        }
    }

    TaskState state() {
        synchronized (lock) {
            return state;
        }
    }

    TaskInfo info() {
        synchronized (lock) {
            return new TaskInfo(
                    task.id(), task.pid(), task.name(), schedule, state, progress, runs, submitted, started);
        }
    }
}
