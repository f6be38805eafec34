package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Failures;
import org.reclaim.orchestrator.internal.table.Holding;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Tally;

/**
 * Cleans one type of one process: makes the foreign calls, and judges what came of them. Nothing that a plug-in says is
 * believed if the table knows better.
 */
final class StepCleanup {

    private static final Duration FIRST_POLL = Duration.ofNanos(50_000);
    private static final Duration LONGEST_POLL = Duration.ofMillis(5);

    /** For a few instructions; as long as this if their thread loses its processor in between. */
    private static final Duration TOO_LATE = Duration.ofMillis(250);

    private final Bindings bindings;
    private final long pid;
    private final Step step;

    /** What the process holds in the type's table; null if it never held anything there, or there is no table. */
    private final Holding<?> holding;

    /** What was released of it; null if there is no holding. */
    private final Tally tally;

    /** Whether the type's table is asked, and not its cleanup. */
    private final boolean tableCounts;

    private final long freedBefore;
    private final long bytesBefore;
    private final long failedBefore;
    private long doneAt;

    /** Begins now: what the table counts from here on is this cleanup's doing. {@code owner} may be null: unknown. */
    StepCleanup(Bindings bindings, long pid, Owner owner, Step step) {
        this.bindings = bindings;
        this.pid = pid;
        this.step = step;
        holding = step.table() == null || owner == null ? null : step.table().holding(owner);
        tally = holding == null ? null : holding.tally();
        tableCounts = step.isTableInUse() || isAnythingHeld();
        freedBefore = tally == null ? 0 : tally.freed();
        bytesBefore = tally == null ? 0 : tally.bytes();
        failedBefore = tally == null ? 0 : tally.failed();
    }

    /** What the process holds in the type's table; null if it never held anything there, or there is no table. */
    Holding<?> holding() {
        return holding;
    }

    /** Whether it needs no foreign call: nothing is in the table, or nobody is there to be called. */
    boolean isQuick() {
        return step.bound() == null || tableCounts && !isAnythingHeld();
    }

    private boolean isAnythingHeld() {
        return holding != null && !holding.isEmpty();
    }

    /** Whether it may run on the thread of the end: nothing in it waits. */
    boolean isNonBlocking() {
        return tableCounts && step.table().isNonBlocking();
    }

    /** The outcome if it {@linkplain #isQuick is quick}. */
    TypeOutcome quick() {
        return step.bound() == null && (!tableCounts || isAnythingHeld()) ? unbound() : step.empty();
    }

    /** Whom to call: the cleanup of the step or, once that has gone, the one that now counts for its type. */
    Optional<Bound> present() {
        var bound = step.bound();
        return Optional.ofNullable(bound == null || bound.isClosed() ? bindings.current(step.resourceType()) : bound);
    }

    /** When it was done. */
    long doneAt() {
        return doneAt;
    }

    /** Does it, on this thread, for as long as it takes; see the other one. */
    TypeOutcome perform(long start, BooleanSupplier givenUp) {
        for (var bound = present(); bound.isPresent(); bound = present()) {
            if (bound.get().tryEnter()) {
                try {
                    return perform(bound.get(), start, givenUp);
                } finally {
                    bound.get().exit();
                }
            }
        }
        return unbound();
    }

    /**
     * Does it, on this thread, for as long as it takes.
     *
     * @param bound   whom to call, entered by the caller
     * @param start   now, or a moment ago
     * @param givenUp answers true once nobody is interested in the outcome any more
     */
    TypeOutcome perform(Bound bound, long start, BooleanSupplier givenUp) {
        return bound.inside(() -> tableCounts && holding != null
                ? withTable(bound, start, givenUp)
                : withoutTable(bound, start));
    }

    private TypeOutcome withTable(Bound bound, long start, BooleanSupplier givenUp) {
        String problem;
        try {
            tally.begun(start);
            var told = bound.cleanup().cleanup(pid);
            if (isWhatTheTableTold(told)) {
                doneAt = start + told.cleanupDuration().toNanos();
                return new TypeOutcome(step.resourceType(), Status.FREED, told, "");
            }
            problem = told == null ? "cleanup returned null" : errorsOf(told);
        } catch (Throwable t) { // an Error too: a broken plug-in must not keep the other types alive
            problem = Failures.describe(t);
        } finally {
            tally.begun(0);
        }
        if (!holding.isBusy()) {
            holding.releaseSinglesIfAlone();
        } else if (awaitOthers(givenUp)) {
            // What another thread tried to release in vain is still ours to release.
            holding.releaseAll();
        }
        var stats = tableStats(start);
        if (holding.isBusy()) {
            var detail = "another thread has not finished releasing something of it within the deadline";
            return new TypeOutcome(step.resourceType(), Status.TIMED_OUT, stats, detail);
        }
        if (step.table().isOpen() || holding.isEmpty()) {
            boolean failed = !problem.isEmpty() || stats.errorsEncountered() > 0;
            return judge(problem, stats, !failed && isLeft());
        }
        return unbound(stats);
    }

    /**
     * Whether the figures are those with which the table answered a call of {@code releaseAll} that left nothing, and
     * that one did it all: nearly every cleanup is that call and nothing else. Then they need no second look, nor the
     * clock.
     */
    private boolean isWhatTheTableTold(CleanupStats told) {
        return tally.isOfAll(told)
                && told.errorsEncountered() == 0
                && told.resourcesFreed() == tally.freed() - freedBefore
                && told.bytesFreed() == tally.bytes() - bytesBefore;
    }

    /** Whether something stays: an acquisition that comes too late may be there for an instant. */
    private boolean isLeft() {
        long end = System.nanoTime() + TOO_LATE.toNanos();
        while (!holding.isEmpty()) {
            if (System.nanoTime() - end >= 0) {
                return true;
            }
            LockSupport.parkNanos(FIRST_POLL.toNanos());
        }
        return false;
    }

    /** Entries that other threads are releasing are theirs; the end waits for them. False if it gave up first. */
    private boolean awaitOthers(BooleanSupplier givenUp) {
        long pause = FIRST_POLL.toNanos();
        while (holding.isBusy()) {
            if (givenUp.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_POLL.toNanos());
        }
        return true;
    }

    private TypeOutcome withoutTable(Bound bound, long start) {
        var cleanup = bound.cleanup();
        String problem = "";
        try {
            if (!cleanup.hasResources(pid)) {
                return step.empty();
            }
        } catch (Throwable t) { // as above; not knowing whether it holds anything, it is called all the same
            problem = "hasResources: " + Failures.describe(t);
        }
        var stats = CleanupStats.NONE;
        boolean left = false;
        try {
            var claimed = cleanup.cleanup(pid);
            if (claimed == null) {
                problem = join(problem, "cleanup returned null");
            } else {
                stats = claimed;
                problem = join(problem, errorsOf(claimed));
            }
        } catch (Throwable t) { // as above
            problem = join(problem, Failures.describe(t));
        }
        try {
            left = cleanup.hasResources(pid);
        } catch (Throwable t) { // as above
            problem = join(problem, "hasResources: " + Failures.describe(t));
        }
        // Its own names and times are not taken over: they could be anything.
        var checked = CleanupStats.of(
                step.resourceType(),
                stats.resourcesFreed(),
                stats.bytesFreed(),
                problem.isEmpty() ? 0 : Math.max(1, stats.errorsEncountered()),
                since(start));
        return judge(problem, checked, left);
    }

    private TypeOutcome judge(String problem, CleanupStats stats, boolean left) {
        if (!problem.isEmpty() || stats.errorsEncountered() > 0) {
            var detail = join(problem, tally == null ? "" : tally.lastFailure());
            return new TypeOutcome(step.resourceType(), Status.FAILED, withError(stats), detail);
        }
        if (left) {
            var detail = "still holds something after its cleanup returned"
                    + (holding == null ? "" : ": " + holding.count() + " resources, " + holding.bytes() + " bytes");
            return new TypeOutcome(step.resourceType(), Status.LEAKED, stats, detail);
        }
        return new TypeOutcome(step.resourceType(), Status.FREED, stats, "");
    }

    /** What the table has counted since this began. */
    CleanupStats tableStats(long start) {
        if (tally == null) {
            return CleanupStats.of(step.resourceType(), 0, 0, 0, since(start));
        }
        return CleanupStats.of(
                step.resourceType(),
                tally.freed() - freedBefore,
                tally.bytes() - bytesBefore,
                tally.failed() - failedBefore,
                since(start));
    }

    /** The outcome if nobody is there to be called. */
    TypeOutcome unbound() {
        return unbound(CleanupStats.of(step.resourceType(), 0, 0, 0, Duration.ZERO));
    }

    private TypeOutcome unbound(CleanupStats stats) {
        var detail = holding == null
                ? "no cleanup is bound; what it holds is unknown"
                : "no cleanup is bound; " + holding.count() + " resources, " + holding.bytes() + " bytes wait for it";
        return new TypeOutcome(step.resourceType(), Status.UNBOUND, stats, detail);
    }

    /**
     * What a late outcome adds to the one that was told in its place.
     *
     * @param late what the call brought at last
     * @param told what was told when it was given up: of a table, some may have been freed by then
     */
    static TypeOutcome since(TypeOutcome late, TypeOutcome told) {
        var stats = CleanupStats.of(
                late.resourceType(),
                Math.max(0, late.stats().resourcesFreed() - told.stats().resourcesFreed()),
                Math.max(0, late.stats().bytesFreed() - told.stats().bytesFreed()),
                Math.max(0, late.stats().errorsEncountered() - told.stats().errorsEncountered()),
                late.stats().cleanupDuration());
        return new TypeOutcome(late.resourceType(), late.status(), stats, late.detail());
    }

    private static CleanupStats withError(CleanupStats stats) {
        return stats.errorsEncountered() > 0
                ? stats
                : new CleanupStats(
                        stats.resourcesFreed(), stats.bytesFreed(), 1, stats.cleanupDuration(), stats.byType());
    }

    private static String errorsOf(CleanupStats stats) {
        return stats.errorsEncountered() == 0 ? "" : stats.errorsEncountered() + " errors counted";
    }

    private static String join(String first, String second) {
        return first.isEmpty() || second.isEmpty() ? first + second : first + "; " + second;
    }

    private Duration since(long start) {
        doneAt = System.nanoTime();
        return Duration.ofNanos(doneAt - start);
    }
}
