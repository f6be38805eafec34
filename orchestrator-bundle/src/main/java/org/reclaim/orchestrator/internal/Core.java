package org.reclaim.orchestrator.internal;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.TypeOutcome;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.cleanup.Inventory;
import org.reclaim.orchestrator.internal.cleanup.Orchestrator;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.process.ProcessCleaner;
import org.reclaim.orchestrator.internal.process.Processes;
import org.reclaim.orchestrator.internal.table.Failures;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Owners;
import org.reclaim.orchestrator.internal.table.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts that make a platform, wired. */
public final class Core implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Core.class);

    private final Owners owners = new Owners();
    private volatile Settings settings;
    private final Tables tables;
    private final Orchestrator orchestrator;
    private final Inventory inventory;
    private volatile Processes processes;

    /**
     * A platform without cleanups and processes.
     *
     * @param settings how it behaves
     */
    public Core(Settings settings) {
        this.settings = settings;
        tables = new Tables(owners, type -> settings().limits(type));
        orchestrator = new Orchestrator(owners, tables, this::settings);
        inventory = new Inventory(orchestrator);
    }

    /** How it behaves now. Whoever begins something asks once, and goes by the answer to its end. */
    public Settings settings() {
        return settings;
    }

    /**
     * Changes how it behaves, for whatever begins from now on. What happens to orphans is decided at the start.
     *
     * @param changed the new settings
     */
    public void change(Settings changed) {
        synchronized (this) {
            settings = changed;
            orchestrator.settingsChanged();
        }
        tell();
    }

    private void change(Consumer<SettingsBuilder> changes) {
        synchronized (this) {
            var builder = new SettingsBuilder(settings);
            changes.accept(builder);
            settings = builder.build();
        }
        tell();
    }

    /** Without the lock, as processes may start now: each looks at the settings by itself. */
    private void tell() {
        tables.limitsChanged();
        var manager = processes;
        if (manager != null) {
            manager.settingsChanged();
        }
    }

    /** What processes hold. */
    public Tables tables() {
        return tables;
    }

    /** Cleans processes. */
    public Orchestrator orchestrator() {
        return orchestrator;
    }

    /** Shows what is held. */
    public ResourceInventory inventory() {
        return inventory;
    }

    /**
     * Makes the process manager whose processes this cleans.
     *
     * @param commands starts operating-system commands
     * @return a new one; there is to be one only
     */
    public Processes newProcesses(Commands commands) {
        return newProcesses(commands, new Own());
    }

    /**
     * Makes a process manager whose processes are cleaned by somebody else.
     *
     * @param commands starts operating-system commands
     * @param given    cleans
     * @return a new one; there is to be one only
     */
    public Processes newProcesses(Commands commands, ResourceOrchestrator given) {
        return newProcesses(commands, new Given(given));
    }

    private Processes newProcesses(Commands commands, ProcessCleaner cleaner) {
        var made = new Processes(owners, cleaner, this::settings, this::change, commands);
        tables.serve(made);
        processes = made;
        return made;
    }

    /** Says what could not be ended in time, for the log of the stop. */
    public static String describe(List<ProcessInfo> left) {
        return String.join(", ", left.stream().map(info -> info.pid() + " '" + info.name() + "'").toList());
    }

    @Override
    public void close() {
        orchestrator.close();
    }

    /** Cleaning by our orchestrator. */
    private final class Own implements ProcessCleaner {

        @Override
        public void announceEnd(Owner process) {
            orchestrator.announceEnd(process);
        }

        @Override
        public Cleaning begin(Owner process) {
            var run = orchestrator.begin(process.pid(), process);
            return new Cleaning() {
                @Override
                public CleanupResult finish() throws InterruptedException {
                    return orchestrator.finish(run, process);
                }

                @Override
                public CleanupResult resultSoFar() {
                    return run.resultSoFar();
                }
            };
        }

        @Override
        public void ended(Owner process, CleanupResult result) {
            orchestrator.ended(process, result);
        }
    }

    /** Cleaning by an orchestrator that was handed in: foreign code, which may throw as any cleanup may. */
    private final class Given implements ProcessCleaner {

        /** Stands for all its types where it fails as a whole. */
        private static final String ALL = "orchestrator";

        private final ResourceOrchestrator given;

        Given(ResourceOrchestrator given) {
            this.given = given;
        }

        @Override
        public void announceEnd(Owner process) {
            // It has no such call: types that want to know are told by our own orchestrator only.
        }

        @Override
        public Cleaning begin(Owner process) {
            return new Cleaning() {
                @Override
                public CleanupResult finish() {
                    return Bound.insideUnbound(() -> clean(process.pid()));
                }

                @Override
                public CleanupResult resultSoFar() {
                    return CleanupResult.none(process.pid());
                }
            };
        }

        private CleanupResult clean(long pid) {
            try {
                var result = given.cleanupProcess(pid);
                return result == null ? failed(pid, "cleanupProcess returned null") : result;
            } catch (Throwable t) { // an Error too: the process must come to its end
                var failure = Failures.describe(t);
                LOG.error("The orchestrator that was handed in failed for process {}: {}", pid, failure);
                return failed(pid, failure);
            }
        }

        private static CleanupResult failed(long pid, String detail) {
            var stats = CleanupStats.of(ALL, 0, 0, 1, Duration.ZERO);
            return new CleanupResult(
                    pid, stats, List.of(new TypeOutcome(ALL, TypeOutcome.Status.FAILED, stats, detail)));
        }

        @Override
        public void ended(Owner process, CleanupResult result) {
            // What is left in tables is still found there, by its pid, until it is released.
            if (!process.holdsAnything()) {
                owners.tryRemove(process);
            }
        }
    }
}
