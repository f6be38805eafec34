package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
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
    private static final BriefSpin AWAKE = new BriefSpin(Runtime.getRuntime().availableProcessors() / 2);

    /** Told of an outcome that came after its type was given up. */
    interface Late {
        void outcome(long pid, Owner owner, TypeOutcome outcome);
    }

    /** A foreign call in progress, what it cleans, and who helps with it. */
    private record Attempt(StepCleanup cleanup, Call call, Helpers helpers) {}

    private final Orchestrator orchestrator;
    private final long pid;
    private final Owner owner;
    private final Step[] steps;
    private final Late late;
    private final Settings settings; // as they were when it began
    private final AtomicReferenceArray<TypeOutcome> outcomes;

    /** What comes too late; made with the first worker, because nothing does before there is one. */
    private volatile AtomicReferenceArray<TypeOutcome> lateOutcomes;

    /** Used by the thread that awaits; a hand-over to another such thread orders them. */
    private int next;

    /** When the step before the next one was done, if this thread did it; else 0. */
    private long clock;

    private Segment segment;

    private volatile Thread watcher;

    CleanupRun(Orchestrator orchestrator, long pid, Owner owner, Step[] steps, Late late) {
        this.orchestrator = orchestrator;
        this.pid = pid;
        this.owner = owner;
        this.steps = steps;
        this.late = late;
        this.settings = orchestrator.settings();
        this.outcomes = new AtomicReferenceArray<>(steps.length);
    }

    /** The outcomes so far, in order. */
    CleanupResult resultSoFar() {
        var list = new ArrayList<TypeOutcome>(steps.length);
        var stats = new ArrayList<CleanupStats>(steps.length);
        for (int i = 0; i < steps.length; i++) {
            var outcome = outcomes.get(i);
            if (outcome != null) {
                list.add(outcome);
                if (outcome.status() != Status.EMPTY) {
                    stats.add(outcome.stats());
                }
            }
        }
        return new CleanupResult(pid, CleanupStats.sum(stats), list);
    }

    /** What a type that was given up has brought since. */
    Optional<TypeOutcome> late(String resourceType) {
        var present = lateOutcomes;
        for (int i = 0; present != null && i < steps.length; i++) {
            if (steps[i].resourceType().equals(resourceType)) {
                return Optional.ofNullable(present.get(i));
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
                Bound.withoutCall(this::doHere);
                if (next == steps.length) {
                    break;
                }
                if (lateOutcomes == null) {
                    lateOutcomes = new AtomicReferenceArray<>(steps.length);
                }
                segment = new Segment(next);
                clock = 0;
                start(segment);
            }
            next = watch(segment);
            segment = null;
        }
        return resultSoFar();
    }

    /** Does steps on this thread, as long as nothing in them can wait: the first that may needs a worker. */
    private void doHere() {
        for (; next < steps.length; next++) {
            var step = steps[next];
            if (step.isTableInUse() && (owner == null || step.table().holding(owner) == null)) {
                done(step.empty());
                continue;
            }
            var cleanup = cleanupOf(step);
            if (cleanup.isQuick()) {
                done(cleanup.quick());
            } else if (cleanup.isNonBlocking()) {
                long start = clock == 0 ? System.nanoTime() : clock;
                done(cleanup.perform(start, () -> System.nanoTime() - start >= deadline(next).toNanos()));
                clock = cleanup.doneAt();
            } else {
                return;
            }
        }
    }

    /** Sets the outcome of a step that no worker has, so nobody else can set it. */
    private void done(TypeOutcome outcome) {
        outcomes.setRelease(next, outcome); // pairs with resultSoFar, for which an outcome is there or is not yet
    }

    private void start(Runnable segment) {
        try {
            orchestrator.workers().execute(segment);
        } catch (OutOfMemoryError | IllegalStateException e) {
            LOG.error("No worker for the cleanup of process {}: it runs on the thread that ends it", pid, e);
            boolean interrupted = Thread.interrupted();
            segment.run();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Duration deadline(int step) {
        return settings.deadline(steps[step].resourceType());
    }

    private StepCleanup cleanupOf(Step step) {
        return new StepCleanup(orchestrator.bindings(), pid, owner, step);
    }

    /** Waits for a worker. Returns the step to go on with: the end, or the one after a step that was given up. */
    private int watch(Segment worker) throws InterruptedException {
        // To be woken takes longer than most cleanups: so it does not sleep at first.
        if (AWAKE.until(() -> worker.position == steps.length)) {
            return steps.length;
        }
        watcher = Thread.currentThread();
        while (true) {
            // Position before start: the worker writes them the other way round, so the start is never too old.
            int at = worker.position;
            if (at == steps.length) {
                return at;
            }
            long deadline = deadline(at).toNanos();
            long left = deadline - (System.nanoTime() - worker.startedAt);
            if (left <= 0 && worker.giveUp(at)) {
                return at + 1;
            }
            long look = Math.max(1, Math.min(left, deadline / LOOKS_PER_DEADLINE));
            LockSupport.parkNanos(this, look);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            worker.helpIfStuck();
        }
    }

    /** What one worker does: the steps from one on, until it has done them all or is given up. */
    private final class Segment implements Runnable {

        private volatile int position;
        private volatile long startedAt = System.nanoTime();
        private volatile Attempt inProgress;

        /** Whether the plug-in was called at the present position. Used by the worker alone. */
        private boolean called;

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
                    if (called) {
                        tellLate(i, outcome);
                    }
                    return;
                }
            }
            position = steps.length;
            // Volatile: pairs with watch(), which sets watcher and then reads position.
            LockSupport.unpark(watcher);
        }

        private void tellLate(int i, TypeOutcome outcome) {
            var fresh = StepCleanup.since(outcome, outcomes.get(i));
            // Kept first, told second; FollowUp.finished remembers the pair first and looks here second.
            lateOutcomes.set(i, fresh);
            late.outcome(pid, owner, fresh);
        }

        private TypeOutcome perform(int i) {
            called = false;
            var cleanup = cleanupOf(steps[i]);
            if (cleanup.isQuick()) {
                return cleanup.quick();
            }
            for (var bound = cleanup.present(); bound.isPresent(); bound = cleanup.present()) {
                var refusal = bound.get().admit(deadline(i));
                if (!refusal.isEmpty()) {
                    return timedOut(i, cleanup, refusal);
                }
                try {
                    if (bound.get().tryEnter()) {
                        return call(i, cleanup, bound.get());
                    }
                } finally {
                    bound.get().permits().release();
                }
            }
            return cleanup.unbound();
        }

        /** Calls what was entered, and leaves it. */
        private TypeOutcome call(int i, StepCleanup cleanup, Bound bound) {
            var call = new Call(bound, pid, false);
            inProgress = new Attempt(cleanup, call, new Helpers(orchestrator.workers(), pid));
            try {
                // Read after the attempt was written (both volatile): pairs with giveUp(), which sets the outcome and
                // then looks for the attempt. So no call is made that nobody watches.
                if (outcomes.get(i) != null) {
                    return timedOut(i, cleanup, "not called: too late");
                }
                called = true;
                return cleanup.perform(bound, System.nanoTime(), () -> outcomes.get(i) != null);
            } finally {
                inProgress = null;
                call.returned();
                bound.exit();
                // Whatever the plug-in did to this thread must not hit the next type.
                Thread.interrupted();
            }
        }

        private TypeOutcome timedOut(int i, StepCleanup cleanup, String detail) {
            return new TypeOutcome(
                    steps[i].resourceType(), Status.TIMED_OUT, cleanup.tableStats(startedAt), detail);
        }

        /** Called by the watcher when the deadline has passed; false if the step was done at the last moment. */
        boolean giveUp(int i) {
            var attempt = inProgress;
            var detail = attempt == null
                    ? "not called: its worker got no turn within the deadline"
                    : "did not return within " + deadline(i);
            var cleanup = attempt == null ? cleanupOf(steps[i]) : attempt.cleanup();
            if (!outcomes.compareAndSet(i, null, timedOut(i, cleanup, detail))) {
                return false;
            }
            // Read again, after the outcome was set: pairs with call(), see there.
            var stuck = inProgress;
            if (stuck != null) {
                var stack = stuck.call().stack();
                stuck.helpers().giveUp();
                if (stuck.call().giveUp()) {
                    LOG.warn(
                            "Cleanup of {} for process {} {}; going on with the next type. Its thread '{}' is at{}",
                            steps[i].resourceType(), pid, detail, stuck.call().threadName(), Stacks.format(stack));
                }
            }
            return true;
        }

        /** Called by the watcher when it has taken a while: if one release hangs, others release what else is there. */
        void helpIfStuck() {
            var attempt = inProgress;
            if (attempt != null) {
                attempt.call().nameThread();
            }
            var holding = attempt == null ? null : attempt.cleanup().holding();
            if (holding != null) {
                attempt.helpers().look(attempt.call().bound(), holding);
            }
        }
    }
}
