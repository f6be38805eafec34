package org.reclaim.orchestrator.internal.testing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.cleanup.Orchestrator;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.process.Processes;

/** The core as the bundle's activator wires it, without a framework: cleanups come and go by hand. */
public final class TestPlatform implements AutoCloseable {

    private final AtomicLong registrations = new AtomicLong();
    private final Commands commands = new Commands(OrphanPolicy.IGNORE);
    private final Core core;
    private final Processes processes;
    private final ResourceTables tables;

    private TestPlatform(Settings settings) {
        core = new Core(settings);
        processes = core.newProcesses(commands);
        tables = core.tables().forOpener(Optional.empty());
    }

    /** With short deadlines; the tests wait for them. */
    public static TestPlatform create() {
        return create(settings -> {});
    }

    /** The same, changed. */
    public static TestPlatform create(Consumer<SettingsBuilder> changes) {
        var settings = new SettingsBuilder(Settings.DEFAULT);
        settings.deadline(Duration.ofMillis(300));
        settings.grace(Duration.ofMillis(300));
        settings.stopDeadline(Duration.ofSeconds(10));
        changes.accept(settings);
        return new TestPlatform(settings.build());
    }

    /** Changes the settings of a platform that runs. */
    public void change(Consumer<SettingsBuilder> changes) {
        var settings = new SettingsBuilder(core.settings());
        changes.accept(settings);
        core.change(settings.build());
    }

    public Orchestrator orchestrator() {
        return core.orchestrator();
    }

    public ResourceInventory inventory() {
        return core.inventory();
    }

    public Processes processes() {
        return processes;
    }

    public ResourceTables tables() {
        return tables;
    }

    /** Tables of another opener, whose own classes are those of {@code loader}. */
    public ResourceTables tablesOf(ClassLoader loader) {
        return core.tables().forOpener(Optional.of(loader));
    }

    public Bound bind(ResourceCleanup cleanup, int ranking) {
        return bind(cleanup, ranking, "");
    }

    public Bound bind(ResourceCleanup cleanup, int ranking, String bundle) {
        var bound = new Bound(
                cleanup.resourceType(), cleanup, ranking, registrations.getAndIncrement(), bundle);
        core.orchestrator().bind(bound);
        return bound;
    }

    public void unbind(Bound bound) {
        core.orchestrator().unbind(bound);
    }

    /** Starts a process in which nothing runs. */
    public long start() {
        return start(ProcessSpec.logical("test"));
    }

    public long start(ProcessSpec spec) {
        return processes.start(spec).pid();
    }

    public ProcessEnd terminate(long pid) {
        return processes.terminate(pid);
    }

    /** Ends a process and says how one type of it went. */
    public TypeOutcome outcomeOfEnd(long pid, String resourceType) {
        return outcome(terminate(pid), resourceType);
    }

    /** How one type went. */
    public static TypeOutcome outcome(ProcessEnd end, String resourceType) {
        return end.cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(resourceType))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No outcome of " + resourceType + " in " + end));
    }

    public List<UnsettledResources> unsettled() {
        return inventory().unsettled();
    }

    /** Waits until everything that ended has been freed. */
    public void awaitSettled() {
        Patience.until(() -> unsettled().isEmpty());
    }

    @Override
    public void close() {
        processes.stop();
        commands.close();
        core.close();
    }
}
