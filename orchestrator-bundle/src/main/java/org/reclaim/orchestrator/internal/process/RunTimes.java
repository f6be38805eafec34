package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes that have run for as long as they may. One timer for all; what it ends is ended by a few other
 * threads, because an end may take its time. Without work there is no thread.
 */
final class RunTimes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunTimes.class);
    private static final int AT_ONCE = 16;
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final BiFunction<ProcessRecord, EndCause, Optional<Runnable>> begin;
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor enders;

    /**
     * No process has a deadline yet.
     *
     * @param begin begins to end a process without waiting, unless somebody else has, and answers what is left to do
     */
    RunTimes(BiFunction<ProcessRecord, EndCause, Optional<Runnable>> begin) {
        this.begin = begin;
        timer = new ScheduledThreadPoolExecutor(1, work -> thread("reclaim-run-times", work));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // the stop ends all anyway
        enders = new ThreadPoolExecutor(
                AT_ONCE, AT_ONCE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                work -> thread("reclaim-deadline", work), new ThreadPoolExecutor.DiscardPolicy());
        for (var pool : new ThreadPoolExecutor[] {timer, enders}) {
            pool.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
            pool.allowCoreThreadTimeOut(true);
        }
    }

    private static Thread thread(String name, Runnable work) {
        var thread = Thread.ofPlatform()
                .daemon()
                .name(name)
                .inheritInheritableThreadLocals(false)
                .unstarted(work);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /** Ends a process when the time is over, counted from now. It is forgotten when the process ends before. */
    void begin(ProcessRecord process, Duration maximum) {
        var deadline = timer.schedule(
                () -> end(process, EndCause.deadline(maximum)),
                TimeUnit.NANOSECONDS.convert(maximum),
                TimeUnit.NANOSECONDS);
        process.deadline(deadline);
    }

    /** The timer begins the end itself: however many ends take their time, none begins late. */
    private void end(ProcessRecord process, EndCause cause) {
        guarded(process, () -> begin.apply(process, cause).ifPresent(rest -> {
            try {
                enders.execute(() -> guarded(process, rest));
            } catch (OutOfMemoryError e) { // no thread: late is better than never
                LOG.warn("{} is ended by the timer, which has other things to do", process, e);
                rest.run();
            }
        }));
    }

    private static void guarded(ProcessRecord process, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) { // a defect of ours: the others' deadlines are kept all the same
            LOG.error("{} could not be ended at its deadline", process, e);
        }
    }

    /** No deadline counts any more; ends in progress go on. */
    @Override
    public void close() {
        timer.shutdownNow();
        enders.shutdown();
    }
}
