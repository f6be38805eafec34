package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Owners;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and ends processes. */
public final class Processes implements ProcessManager {

    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final EndCause STOPPED = EndCause.of(EndReason.PLATFORM_STOPPED);

    private final Owners owners;
    private final ProcessCleaner cleaner;
    private final Supplier<Settings> settings;
    private final Commands commands;
    private final History history;
    private final Enders enders = new Enders();
    private final Listeners listeners;
    private final Scheduler scheduler;
    private final RunTimes runTimes;
    private final Register register;
    private final Stop stop;

    /**
     * No processes yet.
     *
     * @param owners   where they are entered
     * @param cleaner  has everything freed
     * @param settings grace time, size of the history: as they are at the moment
     * @param change   changes settings, and then calls {@link #settingsChanged}
     * @param commands starts operating-system commands
     */
    public Processes(
            Owners owners,
            ProcessCleaner cleaner,
            Supplier<Settings> settings,
            Consumer<Consumer<SettingsBuilder>> change,
            Commands commands) {
        this.owners = owners;
        this.cleaner = cleaner;
        this.settings = settings;
        this.commands = commands;
        this.history = new History(() -> settings.get().historySize());
        this.listeners = new Listeners(visitor -> owners.forEach(owner -> visitor.accept((ProcessRecord) owner)));
        this.register = new Register(owners, settings, listeners);
        this.scheduler = new Scheduler(owners, settings, change);
        this.runTimes = new RunTimes(this::beginEndIfFirst);
        this.stop = new Stop(enders, process -> end(process, STOPPED), scheduler, settings);
    }

    @Override
    public ManagedProcess start(ProcessSpec spec) {
        var parent = spec.parent().isPresent() ? liveParent(spec.parent().getAsLong()) : null;
        stop.requireNotBegun();
        var process = register.enter(spec, parent);
        endIfStopping(process);
        new ProcessStart(this, process, spec).run();
        return new Managed(this, process);
    }

    /**
     * Starts the process of a bundle. It ends by {@link #end(OwnProcess)}.
     *
     * @param name the bundle's
     * @return the process, running
     * @throws IllegalStateException if the platform is stopping
     */
    public OwnProcess startOfBundle(String name) {
        stop.requireNotBegun();
        var process = register.bundle(name);
        process.run();
        owners.add(process);
        endIfStopping(process);
        return new OwnProcess(process);
    }

    /** To be called after the process was entered: pairs with stop(), which begins, then looks for processes. */
    private void endIfStopping(ProcessRecord process) {
        if (stop.hasBegun()) {
            end(process, STOPPED);
            stop.requireNotBegun();
        }
    }

    private ProcessRecord liveParent(long pid) {
        var parent = live(pid);
        if (parent.isEmpty()) {
            throw owners.isIssued(pid)
                    ? new ProcessEndedException(pid, "start children")
                    : new NoSuchProcessException(pid);
        }
        return parent.get();
    }

    /** A process that is known, ended or not. */
    Optional<ProcessRecord> known(long pid) {
        // Only start() enters owners, and it enters records.
        return Optional.ofNullable((ProcessRecord) owners.find(pid));
    }

    private Optional<ProcessRecord> live(long pid) {
        return known(pid).filter(process -> process.howEnded().isEmpty());
    }

    @Override
    public ProcessEnd terminate(long pid) {
        var process = known(pid);
        if (process.isPresent()) {
            return end(process.get(), EndCause.terminated());
        }
        if (!owners.isIssued(pid)) {
            throw new NoSuchProcessException(pid);
        }
        return history.find(pid).orElseGet(() -> forgotten(pid));
    }

    /** Ends a process, or waits for the end in progress. */
    ProcessEnd end(ProcessRecord process, EndCause cause) {
        boolean claimed = process.beginEnd(cause);
        if (claimed) {
            return runEnd(process, new EndOfTree(process, this::endingOf));
        }
        if (mustNotWait(process)) {
            return process.endSoFar();
        }
        try {
            process.awaitEnd(Duration.ofDays(365));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the caller's business; the end goes on without it
        }
        return process.endSoFar();
    }

    /** Ends a process if nobody has begun to; for its own thread, which need not wait for anybody else. */
    void endIfFirst(ProcessRecord process, EndCause cause) {
        beginEndIfFirst(process, cause).ifPresent(Runnable::run);
    }

    /** Begins to, without waiting; the rest is to be run. */
    private Optional<Runnable> beginEndIfFirst(ProcessRecord process, EndCause cause) {
        if (!process.beginEnd(cause)) {
            return Optional.empty();
        }
        var ending = new EndOfTree(process, this::endingOf);
        return Optional.of(() -> runEnd(process, ending));
    }

    /** Ends a process on another thread. */
    void endSoon(ProcessRecord process, EndCause cause) {
        enders.endAll(List.of(process), one -> end(one, cause));
    }

    private ProcessEnd runEnd(ProcessRecord process, EndOfTree ending) {
        if (mustNotWait(process)) {
            enders.finish(ending, this::ended);
            return process.endSoFar();
        }
        try {
            ending.run(this::ended);
        } catch (InterruptedException e) {
            enders.finish(ending, this::ended);
            Thread.currentThread().interrupt();
        }
        return process.endSoFar();
    }

    /** Who works for the process, or is called by a cleanup, would wait for himself. */
    private static boolean mustNotWait(ProcessRecord process) {
        var current = CurrentProcess.pid();
        return Bound.isWithinCall() || current.isPresent() && current.getAsLong() == process.pid();
    }

    private EndOfProcess endingOf(ProcessRecord process) {
        scheduler.withdraw(process);
        var grace = process.grace().orElseGet(settings.get()::grace);
        var ending = new EndOfProcess(process, cleaner, grace, () -> scheduler.leave(process));
        process.ending(ending);
        return ending;
    }

    private void ended(ProcessRecord process, CleanupResult result) {
        var end = process.describeEnd(ProcessState.TERMINATED, result);
        if (process.isBundle()) {
            var told = result.isSuccess() ? result : "not everything was freed, see the warning";
            LOG.info("The process of bundle {} has ended ({}): {}", process.name(), end.reason(), told);
        }
        // Before it may leave the owners, so that it is found in one of the two.
        history.add(end);
        process.parent().ifPresent(parent -> parent.removeChild(process));
        register.ended(process);
        process.finish(end, () -> cleaner.ended(process, result));
    }

    private static ProcessEnd forgotten(long pid) {
        var info = new ProcessInfo(
                pid, "", ProcessKind.LOGICAL, ProcessState.TERMINATED, OptionalLong.empty(), Instant.EPOCH,
                OptionalLong.empty());
        return new ProcessEnd(info, EndReason.FORGOTTEN, OptionalInt.empty(), CleanupResult.none(pid));
    }

    @Override
    public Optional<ProcessInfo> process(long pid) {
        return known(pid).map(ProcessRecord::latest).or(() -> history.find(pid).map(ProcessEnd::process));
    }

    @Override
    public List<ProcessInfo> processes() {
        var found = new ArrayList<ProcessInfo>();
        for (var process : liveProcesses()) {
            var info = process.info();
            if (info.state() != ProcessState.TERMINATED) { // as it may be by now
                found.add(info);
            }
        }
        found.sort(Comparator.comparingLong(ProcessInfo::pid));
        return found;
    }

    private List<ProcessRecord> liveProcesses() {
        var found = new ArrayList<ProcessRecord>();
        owners.forEach(owner -> {
            var process = (ProcessRecord) owner;
            if (process.howEnded().isEmpty()) {
                found.add(process);
            }
        });
        return found;
    }

    @Override
    public List<ProcessEnd> history() {
        return history.list();
    }

    Commands commands() {
        return commands;
    }

    RunTimes runTimes() {
        return runTimes;
    }

    /** Gives places to those that wait. */
    public ProcessScheduler scheduler() {
        return scheduler;
    }

    Scheduler places() {
        return scheduler;
    }

    /** Who is told of transitions. */
    public Listeners listeners() {
        return listeners;
    }

    /** Takes what the settings say of places and policy. */
    public void settingsChanged() {
        scheduler.settingsChanged();
    }

    /**
     * Refuses new processes from now on, and ends all but those of bundles, which end with their bundles.
     *
     * @return those whose end is not done within the deadline for stopping; it goes on
     */
    public List<ProcessInfo> beginStop() {
        stop.begin();
        return endAllButBundles();
    }

    /** The same, but new processes are welcome. */
    public List<ProcessInfo> endAllButBundles() {
        return stop.endAll(liveProcesses().stream().filter(process -> !process.isBundle()).toList());
    }

    /**
     * Refuses new processes from now on, and ends all.
     *
     * @return those whose end is not done within the deadline for stopping; it goes on
     */
    public List<ProcessInfo> stop() {
        stop.begin();
        var left = stop.endAll(liveProcesses());
        runTimes.close();
        listeners.close();
        return left;
    }

    /** Ends some processes of bundles, if the platform is stopping; else they end with their bundles. */
    public void endBundlesIfStopping(Predicate<? super Owner> which) {
        if (stop.hasBegun()) {
            stop.endAll(liveProcesses().stream().filter(ProcessRecord::isBundle).filter(which).toList());
        }
    }

    /** Begins to end the process of a bundle that has stopped. Does not wait. */
    public void beginEnd(OwnProcess process) {
        enders.endAll(List.of(process.process()), this::endOfBundle);
    }

    /** Ends the process of a bundle that has stopped, and waits; no longer than the platform's stop, if that began. */
    public void end(OwnProcess process) {
        if (stop.hasBegun()) {
            beginEnd(process);
            stop.await(process.process());
        } else {
            endOfBundle(process.process());
        }
    }

    private void endOfBundle(ProcessRecord process) {
        end(process, EndCause.of(EndReason.BUNDLE_STOPPED));
    }
}
