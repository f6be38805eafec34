package org.reclaim.orchestrator.internal.testing;

import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs something on several threads at the same moment. */
public final class Together {

    private static final long PATIENCE_SECONDS = 60;

    /** What one of the threads does. */
    @FunctionalInterface
    public interface Part {
        void run(int thread) throws Exception;
    }

    private Together() {}

    /** Runs the same on so many threads; the number of the thread, from 0, is told. What one throws is thrown. */
    public static void run(int threads, Part part) throws Exception {
        var parts = new Part[threads];
        Arrays.fill(parts, part);
        run(parts);
    }

    /**
     * Runs each on a thread of its own; all begin at the same moment. What the first that fails throws is thrown at
     * once: the others may wait for what it has not done.
     */
    public static void run(Part... parts) throws Exception {
        var barrier = new CyclicBarrier(parts.length);
        var threads = Executors.newFixedThreadPool(
                parts.length, Thread.ofPlatform().daemon().name("together-", 0).factory());
        try {
            var running = new ExecutorCompletionService<Void>(threads);
            for (int i = 0; i < parts.length; i++) {
                int number = i;
                running.submit(() -> {
                    barrier.await();
                    parts[number].run(number);
                    return null;
                });
            }
            for (int i = 0; i < parts.length; i++) {
                var done = running.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (done == null) {
                    throw new AssertionError("The threads did not return within " + PATIENCE_SECONDS + " s");
                }
                done.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("A thread failed", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
