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
     * Calls foreign code and waits for it.
     *
     * @throws TimeoutException if it took longer than the deadline; its thread is interrupted
     * @throws Exception        what it threw, an Error within an ExecutionException
     */
    <T> T call(String what, Duration deadline, Callable<T> call, Consumer<T> late) throws Exception {
        var abandoned = new AtomicBoolean();
        var thread = new AtomicReference<Thread>();
        var task = new FutureTask<T>(() -> {
            thread.set(Thread.currentThread());
            T result = call.call();
            // The other side sets it after its wait: whoever comes second finds the other's mark.
            if (!abandoned.compareAndSet(false, true)) {
                late.accept(result);
            }
            return result;
        });
        execute(task);
        try {
            return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException | InterruptedException e) {
            if (!abandoned.compareAndSet(false, true)) {
                return task.get();
            }
            var at = thread.get();
            var stack = at == null ? " no thread yet" : Stacks.format(at.getStackTrace());
            task.cancel(true);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.warn("{} did not return within {}. Its thread is at{}", what, deadline, stack);
            throw new TimeoutException(what + " did not return within " + deadline);
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
