package org.reclaim.orchestrator.internal.cleanup;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reclaim.api.ProcessEnding;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Failures;
import org.reclaim.orchestrator.internal.table.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells types that a process ends, each on a worker of its own: one that hangs must not keep the others waiting. The
 * end does not wait; a call that is past its deadline is given up as those of cleanups are, and counts as stuck.
 */
final class EndAnnouncer {

    private static final Logger LOG = LoggerFactory.getLogger(EndAnnouncer.class);

    private final Workers workers;
    private final ScheduledExecutorService timer;
    private final Supplier<Settings> settings;
    private final Consumer<String> stuckCallReturned;

    EndAnnouncer(
            Workers workers,
            ScheduledExecutorService timer,
            Supplier<Settings> settings,
            Consumer<String> stuckCallReturned) {
        this.workers = workers;
        this.timer = timer;
        this.settings = settings;
        this.stuckCallReturned = stuckCallReturned;
    }

    /**
     * Tells those that hold something of the process. Does not wait.
     *
     * @param steps types whose cleanup implements {@link ProcessEnding}
     */
    void announce(Step[] steps, Owner owner) {
        for (var step : steps) {
            if (mayHold(step, owner)) {
                var ending = (ProcessEnding) step.bound().cleanup();
                workers.tryExecute(
                        "telling " + step.bound() + " that process " + owner.pid() + " ends",
                        () -> call(step, ending, owner.pid()));
            }
        }
    }

    /** A type without a table can only be asked, and that is foreign code: it is asked on the worker. */
    private static boolean mayHold(Step step, Owner owner) {
        if (!step.isTableInUse()) {
            return true;
        }
        var holding = step.table().holding(owner);
        return holding != null && !holding.isEmpty();
    }

    private void call(Step step, ProcessEnding ending, long pid) {
        var bound = step.bound();
        var refusal = bound.admit(settings.get().deadline(step.resourceType()));
        if (!refusal.isEmpty()) {
            LOG.warn("{} was not told that process {} ends: {}", bound, pid, refusal);
            return;
        }
        boolean inTime = true;
        try {
            if (bound.tryEnter()) {
                inTime = watched(step, ending, pid);
            }
        } finally {
            bound.permits().release();
        }
        if (!inTime) {
            stuckCallReturned.accept(step.resourceType());
        }
    }

    /** Tells what was entered, and leaves it; false if it was given up meanwhile. */
    private boolean watched(Step step, ProcessEnding ending, long pid) {
        var call = new Call(step.bound(), pid, false);
        var deadline = settings.get().deadline(step.resourceType());
        var watchdog = timer.schedule(() -> giveUp(call), deadline.toNanos(), TimeUnit.NANOSECONDS);
        try {
            tell(step, ending, pid);
        } finally {
            watchdog.cancel(false);
        }
        boolean inTime = call.returned();
        step.bound().exit();
        return inTime;
    }

    private static void giveUp(Call call) {
        var stack = call.stack();
        if (call.giveUp()) {
            LOG.warn(
                    "{} hangs since it was told that process {} ends. Its thread '{}' is at{}",
                    call.bound(), call.pid(), call.threadName(), Stacks.format(stack));
        }
    }

    private static void tell(Step step, ProcessEnding ending, long pid) {
        var bound = step.bound();
        try {
            bound.inside(() -> {
                if (step.isTableInUse() || bound.cleanup().hasResources(pid)) {
                    ending.ending(pid);
                }
                return null;
            });
        } catch (Throwable t) { // foreign code, so anything; its cleanup is called all the same
            LOG.warn("{} failed when it was told that process {} ends: {}", bound, pid, Failures.describe(t));
        }
    }
}
