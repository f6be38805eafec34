package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.TypeTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes after a cleanup: the totals, what could not be freed at once, and forgetting what has gone. */
final class FollowUp implements CleanupRun.Late {

    private static final Logger LOG = LoggerFactory.getLogger(FollowUp.class);

    private final Orchestrator orchestrator;
    private final Unsettled unsettled;
    private final Totals totals = new Totals();

    FollowUp(Orchestrator orchestrator, ScheduledExecutorService timer) {
        this.orchestrator = orchestrator;
        unsettled = new Unsettled(orchestrator.workers(), timer, this::retry);
    }

    CleanupStats totals() {
        return totals.stats();
    }

    Unsettled unsettled() {
        return unsettled;
    }

    /** Tries nothing again from now on. */
    void close() {
        unsettled.close();
    }

    /** Takes the result of a cleanup; remembers what stays unsettled. */
    void finished(CleanupRun run, Owner owner, CleanupResult result) {
        totals.add(result);
        if (unsettled.isEmpty() && result.isSuccess()) {
            return;
        }
        for (var outcome : result.outcomes()) {
            if (outcome.status().isSettled()) {
                // Of an earlier end, if this is not the first cleanup of the process.
                unsettled.settle(result.pid(), outcome.resourceType());
            } else {
                unsettled.add(result.pid(), owner, outcome);
                // Looked at again after it was added: who was earlier did not find it.
                run.late(outcome.resourceType()).ifPresent(late -> follow(result.pid(), owner, late));
                if (outcome.status() == Status.UNBOUND && isBack(outcome.resourceType())) {
                    unsettled.trySoon(result.pid(), outcome.resourceType());
                }
            }
        }
    }

    /** To be called once an end is recorded, when the state of the process says so. */
    void ended(Owner owner, CleanupResult result) {
        if (result.isSuccess()) {
            // Nothing is held, and nothing ever will be: what is tracked from now on is withdrawn by who tracks it.
            orchestrator.owners().tryRemove(owner);
            return;
        }
        forgetIfEmpty(owner);
        for (var outcome : result.outcomes()) {
            // What was released between the cleanup and TERMINATED was not told as late (see Holding.released).
            if (!outcome.status().isSettled() && isFreed(owner, outcome.resourceType())) {
                unsettled.trySoon(owner.pid(), outcome.resourceType());
            }
        }
    }

    /** Tries what waits for a type, if it is there. */
    void typeIsBack(String resourceType) {
        if (isBack(resourceType)) {
            unsettled.trySoon(resourceType);
            // Before the first process there is nothing: at the start no thread is made for that, and none comes late.
            if (orchestrator.owners().lastPid() > 0) {
                releaseClosed(resourceType);
            }
        }
    }

    private void releaseClosed(String resourceType) {
        orchestrator.tables().find(resourceType).ifPresent(table -> orchestrator
                .workers()
                .tryExecute("releasing closed resources of " + resourceType, table::releaseClosed));
    }

    private boolean isBack(String resourceType) {
        return orchestrator.bindings().current(resourceType) != null
                && orchestrator.tables().find(resourceType).map(TypeTable::isOpen).orElse(true);
    }

    /** What an end had to leave has been freed since, by who closed its handle. */
    void freedLate(String resourceType, long pid, long bytes) {
        totals.add(resourceType, CleanupStats.of(resourceType, 1, bytes, 0, Duration.ZERO));
        LOG.info("Freed late: one of {} of process {}, {} bytes, by who closed it", resourceType, pid, bytes);
    }

    /** Something was released of a process that has ended. */
    void releasedLate(String resourceType, long pid) {
        if (!unsettled.trySoon(pid, resourceType)) {
            // An acquisition that came too late and was withdrawn, just when the process would have been forgotten.
            orchestrator.owner(pid).ifPresent(this::forgetIfEmpty);
        }
    }

    /** A call that was given up has returned. */
    @Override
    public void outcome(long pid, Owner owner, TypeOutcome outcome) {
        totals.add(outcome.resourceType(), outcome.stats());
        follow(pid, owner, outcome);
        stuckCallReturned(outcome.resourceType());
    }

    /** There is room for another call of that type. */
    void stuckCallReturned(String resourceType) {
        unsettled.trySoon(resourceType);
    }

    private void follow(long pid, Owner owner, TypeOutcome outcome) {
        if (outcome.status().isSettled()) {
            settled(pid, owner, outcome);
        } else {
            unsettled.trySoon(pid, outcome.resourceType());
        }
    }

    private void settled(long pid, Owner owner, TypeOutcome outcome) {
        if (unsettled.settle(pid, outcome.resourceType())) {
            LOG.info(
                    "Settled late: {} of process {}, {} resources, {} bytes in {} us",
                    outcome.resourceType(),
                    pid,
                    outcome.stats().resourcesFreed(),
                    outcome.stats().bytesFreed(),
                    outcome.stats().cleanupDurationMicros());
            forgetIfEmpty(owner);
        }
    }

    private Optional<TypeOutcome> retry(long pid, Owner owner, String resourceType) {
        var bound = orchestrator.bindings().current(resourceType);
        if (bound != null && (bound.stuck() >= Bound.MAX_STUCK || bound.isStuckFor(pid))) {
            return Optional.empty(); // its return is a reason to try again; calling now would only add a stuck call
        }
        var step = orchestrator.bindings().step(resourceType);
        try {
            var outcome = new CleanupRun(orchestrator, pid, owner, new Step[] {step}, this)
                    .await()
                    .outcomes()
                    .getFirst();
            totals.add(outcome.resourceType(), outcome.stats());
            if (outcome.status().isSettled()) {
                settled(pid, owner, outcome);
            }
            return Optional.of(outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // a plug-in interrupted this thread: its type is tried again later
            var stats = CleanupStats.of(resourceType, 0, 0, 0, Duration.ZERO);
            return Optional.of(new TypeOutcome(resourceType, Status.TIMED_OUT, stats, "the try was interrupted"));
        }
    }

    private boolean isFreed(Owner owner, String resourceType) {
        return orchestrator
                .tables()
                .find(resourceType)
                .map(table -> table.holding(owner))
                .filter(holding -> holding.isEmpty())
                .isPresent();
    }

    /** Forgets an ended process once nothing of it is left. {@code owner} may be null: unknown. */
    private void forgetIfEmpty(Owner owner) {
        if (owner != null && owner.isEnded() && !owner.holdsAnything()) {
            orchestrator.owners().tryRemove(owner);
        }
    }
}
