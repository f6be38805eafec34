package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Owners;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and ends processes. */
public final class Processes implements ProcessManager {

    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);

    private final Owners owners;
    private final ProcessCleaner cleaner;
    private final Supplier<Settings> settings;
    private final Commands commands;
    private final History history;
    private final Enders enders = new Enders();
    private final Stop stop;

    /**
     * No processes yet.
     *
     * @param owners   where they are entered
     * @param cleaner  has everything freed
     * @param settings grace time, size of the history: as they are at the moment
     * @param commands starts operating-system commands
     */
    public Processes(Owners owners, ProcessCleaner cleaner, Supplier<Settings> settings, Commands commands) {
        this.owners = owners;
        this.cleaner = cleaner;
        this.settings = settings;
        this.commands = commands;
        this.history = new History(() -> settings.get().historySize());
        this.stop = new Stop(enders, process -> end(process, EndReason.PLATFORM_STOPPED), settings);
    }

    @Override
    public ManagedProcess start(ProcessSpec spec) {
        var parent = spec.parent().isPresent() ? liveParent(spec.parent().getAsLong()) : null;
        stop.requireNotBegun();
        var process = new ProcessRecord(owners.nextPid(), spec, parent);
        if (parent == null) {
            owners.add(process);
        } else if (!parent.addChild(process, owners::add)) {
            owners.remove(process.pid());
            throw new ProcessEndedException(parent.pid(), "start children");
        }
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
        var process = ProcessRecord.ofBundle(owners.nextPid(), name);
        process.run();
        owners.add(process);
        endIfStopping(process);
        return new OwnProcess(process);
    }

    /** To be called after the process was entered: pairs with stop(), which begins, then looks for processes. */
    private void endIfStopping(ProcessRecord process) {
        if (stop.hasBegun()) {
            end(process, EndReason.PLATFORM_STOPPED);
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
            return end(process.get(), EndReason.TERMINATED);
        }
        if (!owners.isIssued(pid)) {
            throw new NoSuchProcessException(pid);
        }
        return history.find(pid).orElseGet(() -> forgotten(pid));
    }

    /** Ends a process, or waits for the end in progress. */
    ProcessEnd end(ProcessRecord process, EndReason reason) {
        boolean claimed = process.beginEnd(reason);
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
    void endIfFirst(ProcessRecord process, EndReason reason) {
        if (process.beginEnd(reason)) {
            runEnd(process, new EndOfTree(process, this::endingOf));
        }
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
        var ending = new EndOfProcess(process, cleaner, process.grace().orElseGet(settings.get()::grace));
        process.ending(ending);
        return ending;
    }

    private void ended(ProcessRecord process, CleanupResult result) {
        var last = process.describeEnd(result);
        var info = last.process();
        var end = new ProcessEnd(
                new ProcessInfo(
                        info.pid(), info.name(), info.kind(), ProcessState.TERMINATED, info.parent(), info.started(),
                        info.osPid()),
                last.reason(),
                last.exitStatus(),
                result);
        if (process.isBundle()) {
            var told = result.isSuccess() ? result : "not everything was freed, see the warning";
            LOG.info("The process of bundle {} has ended ({}): {}", info.name(), last.reason(), told);
        }
        // Before it may leave the owners, so that it is found in one of the two.
        history.add(end);
        process.parent().ifPresent(parent -> parent.removeChild(process));
        process.markEnded();
        cleaner.ended(process, result);
        process.finish(end);
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
        liveProcesses().forEach(process -> found.add(process.info()));
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
        return stop.endAll(liveProcesses());
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
        end(process, EndReason.BUNDLE_STOPPED);
    }
}
