package org.reclaim.orchestrator.internal.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one process, in steps that can be taken up again after an interrupt, by another thread: stop what runs,
 * give its place to the next one that waits, then clean. One thread at a time runs it.
 */
final class EndOfProcess {

    private static final Logger LOG = LoggerFactory.getLogger(EndOfProcess.class);
    private static final VarHandle CLEANING;

    static {
        try {
            CLEANING = MethodHandles.lookup()
                    .findVarHandle(EndOfProcess.class, "cleaning", ProcessCleaner.Cleaning.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ProcessRecord process;
    private final ProcessCleaner cleaner;
    private final Duration grace;
    private final Runnable over;
    private long stopRequestedAt;
    private boolean stopRequested;
    private boolean stopped;
    private volatile TypeOutcome killed;
    private volatile ProcessCleaner.Cleaning cleaning;

    /**
     * Not begun.
     *
     * @param process its state is TERMINATING
     * @param cleaner has everything freed
     * @param grace   how long what runs may take to stop
     * @param over    called once, when what ran has stopped or had its time
     */
    EndOfProcess(ProcessRecord process, ProcessCleaner cleaner, Duration grace, Runnable over) {
        this.process = process;
        this.cleaner = cleaner;
        this.grace = grace;
        this.over = over;
    }

    ProcessRecord process() {
        return process;
    }

    /** Asks what runs to stop; once. */
    void requestStop() {
        if (!stopRequested) {
            stopRequested = true;
            cleaner.announceEnd(process);
            if (isNothingToStop()) {
                return; // most processes: reading the clock would cost a third of their end
            }
            stopRequestedAt = System.nanoTime();
            try {
                process.execution().requestStop();
            } catch (RuntimeException | Error e) { // whatever it is, what the process holds must be freed all the same
                LOG.error("{} could not be asked to stop", process, e);
            }
        }
    }

    /** Does the rest, and waits for it. */
    CleanupResult run() throws InterruptedException {
        requestStop();
        if (!stopped) {
            if (!isNothingToStop()) {
                long left = grace.toNanos() - (System.nanoTime() - stopRequestedAt);
                stop(Duration.ofNanos(Math.max(0, left))).ifPresent(outcome -> killed = outcome);
            }
            stopped = true;
            over.run();
        }
        if (cleaning == null) {
            // Release: who looks at what was done so far (resultSoFar) may find that it has not begun.
            CLEANING.setRelease(this, cleaner.begin(process));
        }
        return withKilled(cleaning.finish());
    }

    private boolean isNothingToStop() {
        return process.execution() == Execution.NONE;
    }

    private Optional<TypeOutcome> stop(Duration left) throws InterruptedException {
        try {
            return process.execution().awaitStop(left);
        } catch (RuntimeException | Error e) { // as above
            LOG.error("{} could not be stopped; its end goes on", process, e);
            var stats = CleanupStats.of(TypeOutcome.OS_PROCESSES, 0, 0, 1, Duration.ZERO);
            return Optional.of(new TypeOutcome(
                    TypeOutcome.OS_PROCESSES, TypeOutcome.Status.FAILED, stats, Failures.describe(e)));
        }
    }

    CleanupResult resultSoFar() {
        var started = cleaning;
        return withKilled(started == null
                ? CleanupResult.none(process.pid())
                : started.resultSoFar());
    }

    private CleanupResult withKilled(CleanupResult result) {
        var first = killed;
        if (first == null) {
            return result;
        }
        var outcomes = new ArrayList<TypeOutcome>();
        outcomes.add(first);
        outcomes.addAll(result.outcomes());
        return new CleanupResult(result.pid(), first.stats().merge(result.stats()), outcomes);
    }
}
