package org.reclaim.ipc.internal;

import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.reclaim.api.ipc.IpcClosedException;

/** A thread that waits in a call. */
final class Waiter<T> {

    /** What kind of thread. */
    enum Kind {
        PLATFORM(Thread.ofPlatform().daemon()),
        VIRTUAL(Thread.ofVirtual());

        private final Thread.Builder builder;

        Kind(Thread.Builder builder) {
            this.builder = builder;
        }
    }

    /** So long only when something is wrong: better a failed test than one that hangs. */
    private static final long PATIENCE_SECONDS = 60;

    private static final Duration POLL = Duration.ofMillis(1);

    private final FutureTask<T> task;
    private final Thread thread;

    private Waiter(Kind kind, Callable<T> call) {
        task = new FutureTask<>(call);
        thread = kind.builder.unstarted(task);
        thread.start();
    }

    /** Returns when the call waits. */
    static <T> Waiter<T> in(Kind kind, Callable<T> call) {
        var waiter = new Waiter<>(kind, call);
        await().pollDelay(Duration.ZERO).pollInterval(POLL).until(waiter::isWaiting);
        return waiter;
    }

    static <T> Waiter<T> in(Callable<T> call) {
        return in(Kind.PLATFORM, call);
    }

    /** A platform thread counts as runnable while it waits in the kernel; its stack says where. */
    private boolean isWaiting() {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case RUNNABLE -> isInNativeReadOrWrite(thread.getStackTrace());
            default -> false;
        };
    }

    private static boolean isInNativeReadOrWrite(StackTraceElement[] stack) {
        return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getMethodName().matches("(read|write).*");
    }

    boolean isDone() {
        return task.isDone();
    }

    T result() throws Exception {
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What the call threw. */
    Throwable failure() {
        var failure = catchThrowable(this::result);
        return failure instanceof ExecutionException ? failure.getCause() : failure;
    }

    /** Whether the call ended by the exception that closed what it used. */
    boolean isThrownOut() {
        return failure() instanceof IpcClosedException;
    }

    void interrupt() {
        thread.interrupt();
    }
}
