package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads on which foreign code runs. After an unbind no thread is used again, because the plug-in that has
 * gone may have left thread-locals in it. How many there are is bounded by the callers: one per end in progress, and
 * those that are stuck.
 */
public final class Workers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final AtomicLong COUNT = new AtomicLong();

    private volatile ExecutorService threads = newThreads();

    /** Runs a task on a thread of its own. */
    public void execute(Runnable task) {
        while (true) {
            var current = threads;
            try {
                current.execute(task);
                return;
            } catch (RejectedExecutionException e) {
                if (current == threads) {
                    throw new IllegalStateException("The platform has stopped", e);
                }
                // Retired between the read and the call: take the new ones.
            }
        }
    }

    /**
     * As {@link #execute}, for what can be left out.
     *
     * @param what for the log, if there is no thread for it
     * @param task what to run
     * @return false if it will not run
     */
    boolean tryExecute(String what, Runnable task) {
        try {
            execute(task);
            return true;
        } catch (OutOfMemoryError | IllegalStateException e) {
            LOG.warn("No worker, left out: {}", what, e);
            return false;
        }
    }

    /** What foreign code returned or threw. */
    private record Answer<T>(T value, Throwable failure) {

        static <T> Answer<T> of(Callable<T> call) {
            try {
                return new Answer<>(call.call(), null);
            } catch (Throwable t) { // an Error too: it concerns the plug-in, not the worker
                return new Answer<>(null, t);
            }
        }

        T get() throws Exception {
            switch (failure) {
                case null -> {
                    return value;
                }
                case Exception e -> throw e;
                // With a text of its own: else it asks the foreign throwable for one, and that may throw.
                default -> throw new ExecutionException(Failures.describe(failure), failure);
            }
        }
    }

    /**
     * Calls foreign code and waits for it.
     *
     * @throws TimeoutException if it took longer than the deadline; its thread is interrupted
     * @throws Exception        what it threw, an Error within an ExecutionException
     */
    <T> T call(String what, Duration deadline, Callable<T> call, Consumer<T> late) throws Exception {
        var abandoned = new AtomicBoolean();
        var thread = new AtomicReference<Thread>();
        var task = new FutureTask<Answer<T>>(() -> {
            thread.set(Thread.currentThread());
            var answer = Answer.of(call);
            // The other side sets it after its wait: whoever comes second finds the other's mark.
            if (!abandoned.compareAndSet(false, true) && answer.failure() == null) {
                late.accept(answer.value());
            }
            return answer;
        });
        execute(task);
        try {
            return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS).get();
        } catch (TimeoutException | InterruptedException e) {
            if (!abandoned.compareAndSet(false, true)) {
                return task.get().get();
            }
            var at = thread.get();
            var stack = at == null ? " no thread yet" : Stacks.format(at.getStackTrace());
            task.cancel(true);
            boolean interrupted = e instanceof InterruptedException;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            var problem = interrupted ? "was given up by an interrupt" : "did not return within " + deadline;
            LOG.warn("{} {}. Its thread is at{}", what, problem, stack);
            throw new TimeoutException(what + " " + problem);
        }
    }

    /** Uses no present thread again; those at work finish first. */
    synchronized void retire() {
        var old = threads;
        if (!old.isShutdown()) {
            threads = newThreads();
            old.shutdown();
        }
    }

    @Override
    public synchronized void close() {
        threads.shutdown();
    }

    private static ExecutorService newThreads() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threadFactory());
    }

    /** Nothing of the thread that happens to create a worker is inherited: it could pin that one's class loader. */
    private static ThreadFactory threadFactory() {
        return task -> {
            var thread = Thread.ofPlatform()
                    .daemon()
                    .name("reclaim-worker-" + COUNT.incrementAndGet())
                    .inheritInheritableThreadLocals(false)
                    .unstarted(task);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        };
    }
}
