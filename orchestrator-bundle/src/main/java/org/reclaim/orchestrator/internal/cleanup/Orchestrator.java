package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Coverage;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Away;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Owners;
import org.reclaim.orchestrator.internal.table.Tables;
import org.reclaim.orchestrator.internal.table.TypeTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cleans processes with the cleanups that are bound, and follows up what could not be freed at once. */
public final class Orchestrator implements ResourceOrchestrator, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
    private static final Duration TIMER_KEEP_ALIVE = Duration.ofSeconds(10);

    private final Owners owners;
    private final Tables tables;
    private final Supplier<Settings> settings;
    private final Bindings bindings;
    private final Workers workers = new Workers();
    private final CoverageMonitor coverage;
    private final ScheduledThreadPoolExecutor timer;
    private final FollowUp followUp;
    private final EndAnnouncer announcer;

    /**
     * No cleanup is bound yet.
     *
     * @param owners   the processes
     * @param tables   what they hold
     * @param settings deadlines, rankings, expected types: as they are at the moment
     */
    public Orchestrator(Owners owners, Tables tables, Supplier<Settings> settings) {
        this.owners = owners;
        this.tables = tables;
        this.settings = settings;
        bindings = new Bindings(owners, tables, settings);
        coverage = new CoverageMonitor(() -> settings.get().expectedTypes());
        timer = new ScheduledThreadPoolExecutor(1, task -> Thread.ofPlatform()
                .daemon()
                .name("reclaim-retries")
                .inheritInheritableThreadLocals(false)
                .unstarted(task));
        // Its thread goes when nothing is to be tried again: an orchestrator of one's own needs no closing.
        timer.setKeepAliveTime(TIMER_KEEP_ALIVE.toNanos(), TimeUnit.NANOSECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // nothing is tried after the stop
        timer.setRemoveOnCancelPolicy(true);
        followUp = new FollowUp(this, timer);
        announcer = new EndAnnouncer(workers, timer, settings, followUp::stuckCallReturned);
        tables.listen(new Tables.Listener() {
            @Override
            public void opened(TypeTable<?> table) {
                bindings.renew();
                followUp.typeIsBack(table.resourceType());
            }

            @Override
            public void freedLate(String resourceType, long pid, long bytes) {
                followUp.freedLate(resourceType, pid, bytes);
            }

            @Override
            public void releasedLate(String resourceType, long pid) {
                followUp.releasedLate(resourceType, pid);
            }
        });
    }

    /** Says that whatever starts by itself has been started: the grace of expected types begins, if it has not yet. */
    public void started() {
        var grace = settings.get().startupGrace();
        timer.schedule(() -> coverage.startedUp(bindings::types), grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes a cleanup the one of its type, and tries what waits for it. */
    public void bind(Bound bound) {
        bindings.bind(bound);
        coverage.changed(bindings::types);
        followUp.typeIsBack(bound.resourceType());
    }

    /** Gives a cleanup another ranking; it counts unless the configuration sets that of its type. */
    public void rank(Bound bound, int ranking) {
        bindings.rank(bound, ranking);
    }

    /** Takes what the settings say of the order and of expected types. */
    public void settingsChanged() {
        bindings.renew();
        coverage.changed(bindings::types);
    }

    /** Removes a cleanup once no call is in it any more, two seconds at most. */
    public void unbind(Bound bound) {
        if (bindings.unbind(bound)) {
            workers.retire();
            coverage.changed(bindings::types);
            followUp.typeIsBack(bound.resourceType());
        }
    }

    /** Uses no present thread for foreign code again: what has run on it is not wanted any more. */
    public void retireWorkers() {
        workers.retire();
    }

    @Override
    public CleanupResult cleanupProcess(long pid) {
        if (pid < 1) {
            throw new IllegalArgumentException("pid is " + pid + ", must be 1 or more");
        }
        var owner = owners.find(pid);
        if (owner != null && !owner.isEnded()) {
            throw new IllegalStateException("Process " + pid + " is live: terminate it");
        }
        var run = begin(pid, owner);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return finish(run, owner);
                } catch (InterruptedException e) {
                    interrupted = true; // the caller asked for a result, so it gets one; the flag is handed on
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Tells the types that implement {@code ProcessEnding} and hold something of the process. Does not wait. */
    public void announceEnd(Owner owner) {
        announcer.announce(bindings.snapshot().told(), owner);
    }

    /** Begins the unified cleanup of a process; nothing is done before {@link #finish}. */
    public Cleaning begin(long pid, Owner owner) {
        var snapshot = bindings.snapshot();
        if (owner != null && snapshot.isNothingHeld(owner)) {
            return new Cleaning(null, new CleanupResult(pid, CleanupStats.NONE, snapshot.allEmpty()));
        }
        var steps = snapshot.away().length == 0 ? snapshot.bound() : withAway(snapshot, pid, owner);
        return new Cleaning(new CleanupRun(this, pid, owner, steps, followUp), null);
    }

    private static Step[] withAway(Bindings.Snapshot snapshot, long pid, Owner owner) {
        var away = Arrays.stream(snapshot.away())
                .filter(type -> isAffected(type, pid, owner))
                .map(Away::step);
        return Stream.concat(Arrays.stream(snapshot.bound()), away).toArray(Step[]::new);
    }

    /** A cleanup in progress. Of a process that holds nothing, nothing runs: the result is there from the start. */
    public static final class Cleaning {
        private final CleanupRun run;
        private final CleanupResult result;

        private Cleaning(CleanupRun run, CleanupResult result) {
            this.run = run;
            this.result = result;
        }

        /** What has been done of it. */
        public CleanupResult resultSoFar() {
            return run == null ? result : run.resultSoFar();
        }
    }

    private static boolean isAffected(Away away, long pid, Owner owner) {
        var table = away.step().table();
        if (table == null) {
            return pid <= away.lastPid();
        }
        var holding = owner == null ? null : table.holding(owner);
        return holding != null && !holding.isEmpty();
    }

    /**
     * Does it, waits for it, and remembers what stays unsettled.
     *
     * @throws InterruptedException if the thread is interrupted while it waits; another call goes on
     */
    public CleanupResult finish(Cleaning cleaning, Owner owner) throws InterruptedException {
        var run = cleaning.run;
        var result = run == null ? cleaning.result : run.await();
        followUp.finished(run, owner, result);
        if (result.isSuccess()) {
            LOG.debug("{}", result);
        } else {
            LOG.warn("{}", result);
        }
        return result;
    }

    /** To be called once an end is recorded, when the state of the process says so. */
    public void ended(Owner owner, CleanupResult result) {
        followUp.ended(owner, result);
    }

    /**
     * Calls foreign code on a worker.
     *
     * @param what     for messages
     * @param deadline how long it may take
     * @param call     the foreign code
     * @param late     what to do with a result that comes after the deadline
     * @return its result
     * @throws TimeoutException if it took too long; its thread is interrupted
     * @throws Exception        what it threw
     */
    public <T> T callForeign(String what, Duration deadline, Callable<T> call, Consumer<T> late) throws Exception {
        return workers.call(what, deadline, call, late);
    }

    @Override
    public Coverage validateCoverage(Collection<String> expectedTypes) {
        var compared = CoverageMonitor.compare(expectedTypes, bindings.types());
        CoverageMonitor.warn(compared);
        return compared;
    }

    @Override
    public List<String> registeredTypes() {
        return bindings.types();
    }

    @Override
    public int resourceCount() {
        return bindings.steps().length;
    }

    /** The configured types against the bound ones. */
    public Coverage coverage() {
        return coverage.coverage(bindings.types());
    }

    /** Everything freed so far. */
    public CleanupStats totals() {
        return followUp.totals();
    }

    Settings settings() {
        return settings.get();
    }

    Workers workers() {
        return workers;
    }

    Bindings bindings() {
        return bindings;
    }

    Tables tables() {
        return tables;
    }

    Owners owners() {
        return owners;
    }

    Unsettled unsettled() {
        return followUp.unsettled();
    }

    Optional<Owner> owner(long pid) {
        return Optional.ofNullable(owners.find(pid));
    }

    /** Says that types now go on purpose: no more warnings. */
    public void stopping() {
        coverage.stopping();
    }

    @Override
    public void close() {
        followUp.close();
        timer.shutdownNow();
        workers.close();
    }
}
