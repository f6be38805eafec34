package org.reclaim.orchestrator.internal.cleanup;

import org.reclaim.api.ProcessEnding;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Failures;
import org.reclaim.orchestrator.internal.table.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells types that a process ends, each on a worker of its own: one that hangs must not keep the others waiting. */
final class EndAnnouncer {

    private static final Logger LOG = LoggerFactory.getLogger(EndAnnouncer.class);

    private final Workers workers;

    EndAnnouncer(Workers workers) {
        this.workers = workers;
    }

    /** Tells those that implement {@link ProcessEnding} and hold something of the process. Does not wait. */
    void announce(Step[] steps, Owner owner) {
        for (var step : steps) {
            if (step.bound().cleanup() instanceof ProcessEnding ending && mayHold(step, owner)) {
                workers.execute(() -> call(step, ending, owner.pid()));
            }
        }
    }

    /** A type without a table can only be asked, and that is foreign code: it is asked on the worker. */
    private static boolean mayHold(Step step, Owner owner) {
        if (step.table() == null) {
            return true;
        }
        var holding = step.table().holding(owner);
        return holding != null && !holding.isEmpty();
    }

    private static void call(Step step, ProcessEnding ending, long pid) {
        var bound = step.bound();
        if (bound.stuck().get() >= Bound.MAX_STUCK || !bound.permits().tryAcquire()) {
            LOG.warn("{} was not told that process {} ends: its earlier calls are stuck", bound, pid);
            return;
        }
        try {
            if (bound.tryEnter()) {
                try {
                    tell(step, ending, pid);
                } finally {
                    bound.exit();
                }
            }
        } finally {
            bound.permits().release();
        }
    }

    private static void tell(Step step, ProcessEnding ending, long pid) {
        var bound = step.bound();
        try {
            bound.inside(() -> {
                if (step.table() != null || bound.cleanup().hasResources(pid)) {
                    ending.ending(pid);
                }
                return null;
            });
        } catch (Throwable t) { // foreign code, so anything; its cleanup is called all the same
            LOG.warn("{} failed when it was told that process {} ends: {}", bound, pid, Failures.describe(t));
        }
    }
}
