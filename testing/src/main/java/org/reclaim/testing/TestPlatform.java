package org.reclaim.testing;

import java.util.function.Consumer;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** A platform with real tables, for tests of one resource type. */
public final class TestPlatform implements AutoCloseable {

    private final EmbeddedProcessManager processes;

    /** With the types of the class path. */
    public TestPlatform() {
        this(builder -> {});
    }

    /** With another provider in the place of the one that the class path has for the same type. */
    public TestPlatform(ResourceTypeProvider provider) {
        this(builder -> builder.with(provider));
    }

    /** With settings of the test's own. */
    public TestPlatform(Consumer<ProcessManagers.Builder> settings) {
        var builder = ProcessManagers.builder();
        settings.accept(builder);
        processes = builder.build();
    }

    /** The platform itself. */
    public EmbeddedProcessManager processes() {
        return processes;
    }

    /** A manager of one of its types. */
    public <M> M manager(Class<M> type) {
        return processes.manager(type);
    }

    /** Starts a process. */
    public long start() {
        return processes.start(ProcessSpec.logical("p")).pid();
    }

    /** Ends a process. */
    public ProcessEnd end(long pid) {
        return processes.terminate(pid);
    }

    /** Ends a process and tells what became of its resources of one type. */
    public TypeOutcome end(long pid, String resourceType) {
        return end(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(resourceType))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        processes.close();
    }
}
