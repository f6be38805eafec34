package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** A platform with zero-copy rings. */
final class RingPlatform implements AutoCloseable {

    static final long CAPACITY = 64 << 10;

    private final String prefix;
    private final TestPlatform platform;
    private final ZeroCopyIpc rings;

    RingPlatform() {
        this((builder, type) -> builder.with(type));
    }

    /** With settings of the test's own, among them the type or what stands in its place. */
    RingPlatform(BiConsumer<ProcessManagers.Builder, ResourceTypeProvider> settings) {
        prefix = "reclaim-test-" + UUID.randomUUID() + "-";
        platform = new TestPlatform(builder -> settings.accept(builder, new RingsType(prefix)));
        rings = platform.manager(ZeroCopyIpc.class);
    }

    ZeroCopyIpc rings() {
        return rings;
    }

    TestPlatform platform() {
        return platform;
    }

    long start() {
        return platform.start();
    }

    TypeOutcome end(long pid) {
        return platform.end(pid, Rings.TYPE);
    }

    /** The labels of what a process holds. */
    List<String> labels(long pid) {
        return platform.processes().inventory().resources(pid).stream()
                .map(info -> info.label())
                .toList();
    }

    /** Both sides of a ring, each in a process of its own. */
    record Pair(long producing, RingProducer producer, long consuming, RingConsumer consumer) {}

    Pair pair(String name, long capacity) throws IOException {
        long producing = start();
        long consuming = start();
        var producer = rings.createProducer(producing, name, capacity).get();
        return new Pair(producing, producer, consuming, rings.attachConsumer(consuming, name).get());
    }

    /** The shared memory that this platform's rings have. */
    List<String> sharedMemory() {
        return Kernel.sharedMemory().stream().filter(name -> name.startsWith(prefix)).toList();
    }

    /** That nothing is left: no name, no descriptor, no mapping. */
    void assertNothingLeft() {
        assertThat(sharedMemory()).isEmpty();
        assertThat(Kernel.mappings(prefix)).isEmpty();
        assertThat(Kernel.descriptors().values()).noneMatch(target -> target.contains(prefix));
    }

    @Override
    public void close() {
        platform.close();
    }
}
