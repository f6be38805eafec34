package org.reclaim.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** The platform as applications build it, with eight types whose resources are free to release. */
final class Platform implements AutoCloseable {

    /** Those of the distribution: providers of these names replace what is on the class path. */
    private static final List<String> TYPES = List.of(
            "file_descriptors", "sockets", "signals", "rings", "async_tasks", "ipc", "mappings", "memory");

    private final EmbeddedProcessManager processes;
    private final List<Type> types;

    Platform(boolean nonBlocking) {
        types = IntStream.range(0, TYPES.size())
                .mapToObj(i -> new Type(TYPES.get(i), 100 * (TYPES.size() - i), nonBlocking))
                .toList();
        var builder = ProcessManagers.builder();
        types.forEach(builder::with);
        processes = builder.build();
        useOtherEntries();
    }

    /** Acquires as managers do, so that no compiler optimizes for a world in which nothing but {@code track} exists. */
    private void useOtherEntries() {
        long pid = start();
        for (var type : types) {
            try (var closed = type.table.reserve(pid, 1); var kept = type.table.reserve(pid, 1)) {
                closed.track(new Resource(), "closed at once").close();
                kept.trackUntilEnd(new Resource(), "kept until the end").close();
            }
        }
        end(pid);
    }

    long start() {
        return processes.start(ProcessSpec.logical("benchmark")).pid();
    }

    Object end(long pid) {
        return processes.terminate(pid);
    }

    /** The table of one of the eight types. */
    ResourceTable<Resource> table(int type) {
        return types.get(type).table;
    }

    int types() {
        return types.size();
    }

    @Override
    public void close() {
        processes.close();
    }

    /** One type, written as a plug-in would be. */
    private static final class Type implements ResourceTypeProvider, ResourceCleanup {

        private final String name;
        private final int ranking;
        private final boolean nonBlocking;
        private ResourceTable<Resource> table;

        Type(String name, int ranking, boolean nonBlocking) {
            this.name = name;
            this.ranking = ranking;
            this.nonBlocking = nonBlocking;
        }

        @Override
        public String resourceType() {
            return name;
        }

        @Override
        public int ranking() {
            return ranking;
        }

        @Override
        public ResourceCleanup create(ResourceTables tables) {
            table = tables.open(name, Resource.class, new Releaser<>() {
                @Override
                public void release(Resource resource) {
                    resource.run();
                }

                @Override
                public boolean nonBlocking() {
                    return nonBlocking;
                }
            });
            return this;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            return table.releaseAll(pid);
        }

        @Override
        public boolean hasResources(long pid) {
            return table.hasResources(pid);
        }
    }
}
