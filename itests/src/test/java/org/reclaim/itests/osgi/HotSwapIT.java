package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome.Status;

/**
 * Resource bundles are swapped at random, between two builds of each and in all the ways that there are, while threads
 * acquire, use and end, and something of every type lives all along. How often: system property {@code swaps}.
 */
public class HotSwapIT extends PlatformTest {

    private static final int SWAPS = Integer.getInteger("swaps", 40);
    private static final int THREADS = 4;

    /** What somebody should know who swaps types while processes end. */
    private static final List<String> EXPECTED =
            List.of("not registered", "UNBOUND", "Two cleanups for resource type", "is opened twice");

    private static final Duration SETTLING = Duration.ofMinutes(3);

    @Override
    protected Map<String, String> settings() {
        // A swap on a busy machine may take longer than the two seconds that calls wait by default.
        return Map.of("reclaim.front.wait.millis", "60000");
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        for (var type : SwappedType.ALL) {
            type.build(runtime);
        }
    }

    @Test
    public void nothingIsLostNothingIsFreedTwiceAndNoOldCodeStays() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        var types = SwappedType.ALL.stream().map(type -> type.inPlatform(context(), runtime())).toList();
        types.forEach(SwappedType.Live::watch);
        lives(new AtomicBoolean(true), new LongAdder(), new LongAdder());
        var before = Footprint.now();
        var freedBefore = new HashMap<>(service(ResourceInventory.class).totals().byType());
        var stop = new AtomicBoolean();
        var ended = new LongAdder();
        var late = new LongAdder();
        var survivor = processes().start(ProcessSpec.logical("survivor"));
        var surviving = new Possessions(survivor.pid());
        long start = System.nanoTime();

        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<Future<Void>>();
            for (int i = 0; i < THREADS; i++) {
                Callable<Void> life = () -> lives(stop, ended, late);
                running.add(threads.submit(life));
            }
            try {
                swapAtRandom(new Random(seed), types, surviving);
            } finally {
                stop.set(true);
            }
            for (var each : running) {
                each.get();
            }
        }
        survivor.terminate();

        await().atMost(SETTLING).untilAsserted(() ->
                assertThat(service(ResourceInventory.class).unsettled()).as("seed %d", seed).isEmpty());
        var time = Duration.ofNanos(System.nanoTime() - start);
        var freed = service(ResourceInventory.class).totals().byType();
        Possessions.COUNTS.forEach((type, count) -> assertThat(freed.get(type) - freedBefore.getOrDefault(type, 0L))
                .as("%s, seed %d", type, seed)
                .isEqualTo((ended.sum() + 1) * count));
        await().atMost(SETTLING).untilAsserted(() -> types.forEach(type ->
                assertThat(type.oldLoaders()).as("class loaders of %s, seed %d", type, seed).isEmpty()));
        await().atMost(SETTLING).untilAsserted(() ->
                assertThat(Footprint.now()).matches(now -> now.isBackAt(before), "is back at " + before));
        System.out.printf(
                "Hot swap: %d swaps in %d s, seed %d, %d processes meanwhile, %d settled late; freed by build %s;"
                        + " before %s, after %s%n",
                SWAPS, time.toSeconds(), seed, ended.sum(), late.sum(), freedByBuild(types), before, Footprint.now());
        assertThat(log().problems()).allMatch(line -> EXPECTED.stream().anyMatch(line::contains));
    }

    private static void swapAtRandom(Random random, List<SwappedType.Live> types, Possessions surviving)
            throws Exception {
        for (int i = 0; i < SWAPS; i++) {
            types.get(random.nextInt(types.size())).swap(random);
            surviving.use();
        }
    }

    private static Map<String, Long> freedByBuild(List<SwappedType.Live> types) {
        var freed = new TreeMap<String, Long>();
        types.forEach(type -> freed.putAll(type.freedByBuild()));
        return freed;
    }

    /** Processes, one after the other, until it is enough; at least one. */
    private static Void lives(AtomicBoolean stop, LongAdder ended, LongAdder late) throws Exception {
        do {
            var process = processes().start(ProcessSpec.logical("swapped"));
            var possessions = new Possessions(process.pid());
            possessions.use();
            possessions.use();
            var cleanup = process.terminate().cleanup();
            assertThat(cleanup.outcomes())
                    .as("%s", cleanup)
                    .allMatch(outcome -> outcome.status().isSettled() || outcome.status() == Status.UNBOUND);
            if (!cleanup.isSuccess()) {
                late.increment();
            }
            ended.increment();
        } while (!stop.get());
        return null;
    }

    /** What this JVM has of what may leak. */
    private record Footprint(int descriptors, int threads, long sharedMemory, long heapMiB) {

        private static final long HEAP_MARGIN_MIB = 16;
        private static final int THREADS_MARGIN = 2;

        static Footprint now() throws IOException {
            System.gc();
            try (var names = Files.list(Path.of("/dev/shm"))) {
                var runtime = Runtime.getRuntime();
                return new Footprint(
                        Kernel.descriptors().size(),
                        Thread.getAllStackTraces().size(),
                        names.count(),
                        (runtime.totalMemory() - runtime.freeMemory()) >> 20);
            }
        }

        boolean isBackAt(Footprint before) {
            return descriptors <= before.descriptors
                    && threads <= before.threads + THREADS_MARGIN
                    && sharedMemory <= before.sharedMemory
                    && heapMiB <= before.heapMiB + HEAP_MARGIN_MIB;
        }
    }
}
