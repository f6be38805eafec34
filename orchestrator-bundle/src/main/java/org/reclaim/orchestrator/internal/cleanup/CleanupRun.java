package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Holding;
import org.reclaim.orchestrator.internal.table.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unified cleanup of one process.
 *
 * <p>The thread of the end does what can't wait by itself. At the first type that may, it hands everything from there
 * on to a worker, and watches: a type whose deadline passes is {@code TIMED_OUT}, its worker is given up and
 * interrupted, and a fresh one goes on with the next type. Each outcome is set once, by compare-and-set: by the worker,
 * or by the watcher that gives it up. What a given-up worker brings later goes to {@link Late}.
 *
 * <p>In a table, one release that hangs must not keep the others: when a type has made no progress for a fifth of its
 * deadline, another worker helps releasing what is left of it.
 */
final class CleanupRun {

    private static final Logger LOG = LoggerFactory.getLogger(CleanupRun.class);
    private static final int LOOKS_PER_DEADLINE = 5;

    /** Told of an outcome that came after its type was given up. */
    interface Late {
        void outcome(long pid, Owner owner, TypeOutcome outcome);
    }

    /** A foreign call in progress, and what it cleans. */
    private record Attempt(StepCleanup cleanup, Call call) {}

    private final Orchestrator orchestrator;
    private final long pid;
    private final Owner owner;
    private final Step[] steps;
    private final Late late;
    private final AtomicReferenceArray<TypeOutcome> outcomes;
    private final AtomicReferenceArray<TypeOutcome> lateOutcomes;

    /** Used by the thread that awaits; a hand-over to another such thread orders them. */
    private int next;

    private Segment segment;

    private volatile Thread watcher;

    CleanupRun(Orchestrator orchestrator, long pid, Owner owner, Step[] steps, Late late) {
        this.orchestrator = orchestrator;
        this.pid = pid;
        this.owner = owner;
        this.steps = steps;
        this.late = late;
        this.outcomes = new AtomicReferenceArray<>(steps.length);
        this.lateOutcomes = new AtomicReferenceArray<>(steps.length);
    }

    /** The outcomes so far, in order. */
    CleanupResult resultSoFar() {
        var list = new ArrayList<TypeOutcome>(steps.length);
        var stats = CleanupStats.NONE;
        for (int i = 0; i < steps.length; i++) {
            var outcome = outcomes.get(i);
            if (outcome != null) {
                list.add(outcome);
                stats = outcome.status() == Status.EMPTY ? stats : stats.merge(outcome.stats());
            }
        }
        return new CleanupResult(pid, stats, list);
    }

    /** What a type that was given up has brought since. */
    Optional<TypeOutcome> late(String resourceType) {
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].resourceType().equals(resourceType)) {
                return Optional.ofNullable(lateOutcomes.get(i));
            }
        }
        return Optional.empty();
    }

    /**
     * Runs it to its end. After an interrupt another thread may call this to go on.
     *
     * @throws InterruptedException if the thread is interrupted while a worker is at work; that goes on
     */
    CleanupResult await() throws InterruptedException {
        while (next < steps.length) {
            if (segment == null) {
                if (doHere(steps[next])) {
                    next++;
                    continue;
                }
                segment = new Segment(next);
                start(segment);
            }
            next = watch(segment);
            segment = null;
        }
        return resultSoFar();
    }

    /** Does a step on this thread if nothing in it can wait; false if it needs a worker. */
    private boolean doHere(Step step) {
        if (step.table() != null && (owner == null || step.table().holding(owner) == null)) {
            outcomes.set(next, step.empty());
            return true;
        }
        var cleanup = cleanupOf(step);
        if (!cleanup.isQuick() && !cleanup.isNonBlocking()) {
            return false;
        }
        long end = System.nanoTime() + deadline(next);
        outcomes.set(next, cleanup.perform(() -> System.nanoTime() - end >= 0));
        return true;
    }

    private void start(Runnable segment) {
        try {
            orchestrator.workers().execute(segment);
        } catch (OutOfMemoryError | IllegalStateException e) {
            LOG.error("No worker for the cleanup of process {}: it runs on the thread that ends it", pid, e);
            segment.run();
        }
    }

    private long deadline(int step) {
        return orchestrator.settings().deadline(steps[step].resourceType()).toNanos();
    }

    private StepCleanup cleanupOf(Step step) {
        return new StepCleanup(orchestrator.bindings(), pid, owner, step);
    }

    /** Waits for a worker. Returns the step to go on with: the end, or the one after a step that was given up. */
    private int watch(Segment worker) throws InterruptedException {
        watcher = Thread.currentThread();
        long progressSeen = -1;
        while (true) {
            // Position before start: the worker writes them the other way round, so the start is never too old.
            int at = worker.position;
            if (at == steps.length) {
                return at;
            }
            long deadline = deadline(at);
            long left = deadline - (System.nanoTime() - worker.startedAt);
            if (left <= 0 && worker.giveUp(at)) {
                return at + 1;
            }
            long look = Math.max(1, Math.min(left, deadline / LOOKS_PER_DEADLINE));
            LockSupport.parkNanos(this, look);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (worker.position == at) {
                progressSeen = worker.helpIfStuck(progressSeen);
            }
        }
    }

    /** What one worker does: the steps from one on, until it has done them all or is given up. */
    private final class Segment implements Runnable {

        private volatile int position;
        private volatile long startedAt = System.nanoTime();
        private volatile Attempt inProgress;
        private final Set<Call> helpers = ConcurrentHashMap.newKeySet();

        Segment(int from) {
            position = from;
        }

        @Override
        public void run() {
            for (int i = position; i < steps.length; i++) {
                startedAt = System.nanoTime();
                position = i;
                var outcome = perform(i);
                if (!outcomes.compareAndSet(i, null, outcome)) {
                    // Kept first, told second; Orchestrator.finish remembers the pair first and looks here second.
                    lateOutcomes.set(i, outcome);
                    late.outcome(pid, owner, outcome);
                    return;
                }
            }
            position = steps.length;
            // Volatile: pairs with watch(), which sets watcher and then reads position.
            LockSupport.unpark(watcher);
        }

        private TypeOutcome perform(int i) {
            var current = cleanupOf(steps[i]);
            if (current.isQuick()) {
                return current.perform(() -> false);
            }
            var bound = steps[i].bound();
            var refusal = acquire(bound);
            if (!refusal.isEmpty()) {
                return timedOut(i, current, refusal);
            }
            var attempt = new Attempt(current, new Call(bound, false));
            inProgress = attempt;
            var thread = Thread.currentThread();
            var name = thread.getName();
            thread.setName("reclaim-worker: " + bound.resourceType() + " of process " + pid);
            try {
                return current.perform(() -> outcomes.get(i) != null);
            } finally {
                inProgress = null;
                bound.permits().release();
                attempt.call().returned();
                thread.setName(name);
            }
        }

        /** Takes a place among the calls of a type. Says why if there is none. */
        private String acquire(Bound bound) {
            if (bound.stuck().get() >= Bound.MAX_STUCK) {
                return "not called: " + Bound.MAX_STUCK + " earlier calls are stuck";
            }
            long nanos = orchestrator.settings().deadline(bound.resourceType()).toNanos();
            try {
                return bound.permits().tryAcquire(nanos, TimeUnit.NANOSECONDS)
                        ? ""
                        : "not called: " + Bound.MAX_CALLS + " other calls did not make room";
            } catch (InterruptedException e) {
                return "not called: interrupted while it waited for other calls";
            }
        }

        private TypeOutcome timedOut(int i, StepCleanup cleanup, String detail) {
            return new TypeOutcome(
                    steps[i].resourceType(), Status.TIMED_OUT, cleanup.tableStats(startedAt), detail);
        }

        /** Called by the watcher when the deadline has passed; false if the step was done at the last moment. */
        boolean giveUp(int i) {
            var attempt = inProgress;
            if (attempt == null) {
                var detail = "not called: its worker got no turn within the deadline";
                return outcomes.compareAndSet(i, null, timedOut(i, cleanupOf(steps[i]), detail));
            }
            var detail = "did not return within " + Duration.ofNanos(deadline(i));
            if (!outcomes.compareAndSet(i, null, timedOut(i, attempt.cleanup(), detail))) {
                return false;
            }
            var stack = attempt.call().stack();
            if (attempt.call().abandon()) {
                LOG.warn(
                        "Cleanup of {} for process {} {}; going on with the next type. Its thread '{}' is at{}",
                        steps[i].resourceType(), pid, detail, attempt.call().threadName(), Stacks.format(stack));
            }
            helpers.forEach(Call::abandon);
            return true;
        }

        /** Lets another worker release what is left of a table when one release hangs; returns the progress seen. */
        long helpIfStuck(long progressSeen) {
            var attempt = inProgress;
            var holding = attempt == null ? null : attempt.cleanup().holding();
            if (holding == null) {
                return -1;
            }
            long progress = holding.tally().progress();
            var bound = attempt.call().bound();
            if (progress == progressSeen && holding.isReleasing() && bound.permits().tryAcquire()) {
                start(() -> help(bound, holding));
            }
            return progress;
        }

        private void help(Bound bound, Holding<?> holding) {
            var call = new Call(bound, true);
            helpers.add(call);
            try {
                if (bound.tryEnter()) {
                    try {
                        bound.inside(() -> {
                            holding.releaseAll();
                            return null;
                        });
                    } finally {
                        bound.exit();
                    }
                }
            } finally {
                bound.permits().release();
                helpers.remove(call);
                call.returned();
            }
        }
    }
}
