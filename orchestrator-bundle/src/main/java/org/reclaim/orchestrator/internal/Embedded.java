package org.reclaim.orchestrator.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessListener;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.process.Processes;
import org.reclaim.orchestrator.internal.table.OpenerTables;
import org.reclaim.orchestrator.internal.table.ResourceTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The platform on a plain class path. */
public final class Embedded implements EmbeddedProcessManager {

    private static final Logger LOG = LoggerFactory.getLogger(Embedded.class);

    private final Core core;
    private final Commands commands;
    private final Processes processes;
    private final ResourceOrchestrator orchestrator;
    private final OpenerTables tables;
    private final Map<String, ResourceCleanup> cleanups = new LinkedHashMap<>();

    /**
     * With the automatic orchestrator.
     *
     * @param settings  how it behaves
     * @param providers its resource types
     */
    public Embedded(Settings settings, List<ResourceTypeProvider> providers) {
        core = new Core(settings);
        commands = new Commands(settings.orphans());
        processes = core.newProcesses(commands);
        orchestrator = core.orchestrator();
        tables = core.tables().forOpener(Optional.empty());
        long registration = 0;
        for (var provider : providers) {
            var cleanup = provider.create(tables);
            var type = provider.resourceType();
            var ofCleanup = ResourceTypes.of(cleanup);
            if (!type.equals(ofCleanup)) {
                throw new IllegalArgumentException("The provider " + provider.getClass().getName() + " is for '" + type
                        + "', but its cleanup is for '" + ofCleanup + "'");
            }
            cleanups.put(type, cleanup);
            core.orchestrator().bind(new Bound(
                    type,
                    cleanup,
                    provider.ranking(),
                    registration++,
                    "",
                    ResourceTypes.limitationOf(cleanup)));
        }
    }

    /**
     * With an orchestrator that was handed in.
     *
     * @param settings how it behaves
     * @param given    cleans the processes
     */
    public Embedded(Settings settings, ResourceOrchestrator given) {
        core = new Core(settings);
        commands = new Commands(settings.orphans());
        processes = core.newProcesses(commands, given);
        orchestrator = given;
        tables = core.tables().forOpener(Optional.empty());
    }

    /**
     * Tells listeners of transitions from now on.
     *
     * @param listeners foreign code
     * @return this
     */
    public Embedded listening(List<ProcessListener> listeners) {
        listeners.forEach(processes.listeners()::add);
        return this;
    }

    @Override
    public <M> M manager(Class<M> type) {
        return cleanups.values().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "No resource type implements " + type.getName() + "; there are " + cleanups.keySet()));
    }

    @Override
    public ResourceOrchestrator orchestrator() {
        return orchestrator;
    }

    @Override
    public ResourceInventory inventory() {
        return core.inventory();
    }

    @Override
    public ProcessScheduler scheduler() {
        return processes.scheduler();
    }

    @Override
    public ResourceTables tables() {
        return tables;
    }

    @Override
    public ManagedProcess start(ProcessSpec spec) {
        return processes.start(spec);
    }

    @Override
    public ProcessEnd terminate(long pid) {
        return processes.terminate(pid);
    }

    @Override
    public Optional<ProcessInfo> process(long pid) {
        return processes.process(pid);
    }

    @Override
    public List<ProcessInfo> processes() {
        return processes.processes();
    }

    @Override
    public List<ProcessEnd> history() {
        return processes.history();
    }

    @Override
    public void close() {
        var left = processes.stop();
        if (!left.isEmpty()) {
            LOG.warn("Closed, but these processes have not ended yet: {}", Core.describe(left));
        }
        commands.close();
        core.close();
    }
}
