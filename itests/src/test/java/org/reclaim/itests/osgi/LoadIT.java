package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.fd.FdManager;

/**
 * A million resources of 100,000 processes, from four threads, while cleanups come and go: each is released exactly
 * once, and nothing stays behind in the JVM. Prints its figures.
 */
public class LoadIT extends PlatformTest {

    private static final int THREADS = 4;
    private static final int PROCESSES = 100_000;
    private static final int PER_PROCESS = 10;
    private static final int RESOURCES = PROCESSES * PER_PROCESS;
    private static final int REAL = 100;
    private static final int WARM_UP = 4_000;
    private static final Duration SETTLING = Duration.ofMinutes(1);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final int LOOKS = 3;
    private static final Path DEV_NULL = Path.of("/dev/null");

    /** What the heap may have grown by: two bytes for each resource. */
    private static final long HEAP_MARGIN = 2 << 20;

    /** Ends that found a type away; without any the test would show little. */
    private final LongAdder unfinishedEnds = new LongAdder();

    /** How often each id was released by the tokens' own releaser. */
    private final AtomicIntegerArray releases = new AtomicIntegerArray(RESOURCES);

    /** One in a hundred is a descriptor instead. */
    private final AtomicReferenceArray<FileChannel> channels = new AtomicReferenceArray<>(RESOURCES / REAL);

    private record Footprint(int descriptors, int threads, long heapBytes) {

        static Footprint now() {
            System.gc();
            return new Footprint(
                    Kernel.descriptors().size(),
                    Thread.getAllStackTraces().size(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }

        /** Without what others in this JVM happen to have in use at one moment. */
        static Footprint smallest() {
            return IntStream.range(0, LOOKS)
                    .mapToObj(i -> now())
                    .min(Comparator.comparingLong(Footprint::heapBytes))
                    .orElseThrow();
        }

        boolean isBackAt(Footprint before) {
            return descriptors == before.descriptors
                    && threads <= before.threads
                    && heapBytes < before.heapBytes + HEAP_MARGIN;
        }
    }

    @Override
    protected Map<String, String> settings() {
        var log = Path.of("target/test-classes/logback-quiet.xml").toAbsolutePath();
        return Map.of("org.ops4j.pax.logging.StaticLogbackFile", log.toString());
    }

    @Test
    public void everythingIsReleasedOnceAndNothingStaysBehind() throws Exception {
        run(WARM_UP);
        forget();
        var before = Footprint.smallest();
        long start = System.nanoTime();

        int swaps = run(PROCESSES);

        var time = Duration.ofNanos(System.nanoTime() - start);
        assertEachReleasedOnce();
        long unfinished = unfinishedEnds.sum();
        forget();
        var after = new AtomicReference<Footprint>();
        // Idle threads stay for ten seconds.
        await().atMost(SETTLING).pollInterval(LOOK_INTERVAL).untilAsserted(() -> {
            after.set(Footprint.now());
            assertThat(after.get()).matches(now -> now.isBackAt(before), "is back at " + before);
        });
        System.out.printf(
                "Load: %,d resources of %,d processes in %,d ms, %,d swaps, %,d ends settled later;"
                        + " before %s, after %s%n",
                RESOURCES, PROCESSES, time.toMillis(), swaps, unfinished, before, after);
        assertThat(unfinished).isPositive();
        assertThat(log().problems()).isEmpty();
    }

    /** What the test itself has noted is not to count. */
    private void forget() {
        unfinishedEnds.reset();
        IntStream.range(0, RESOURCES).forEach(id -> releases.set(id, 0));
        IntStream.range(0, RESOURCES / REAL).forEach(i -> channels.set(i, null));
    }

    private void assertEachReleasedOnce() {
        var wrong = IntStream.range(0, RESOURCES)
                .filter(id -> id % REAL == 0 ? channels.get(id / REAL).isOpen() : releases.get(id) != 1)
                .limit(10)
                .mapToObj(id -> id + ": " + releases.get(id))
                .toList();
        assertThat(wrong).as("ids that were not released, or not once").isEmpty();
    }

    /** Returns how often cleanups came and went meanwhile. */
    private int run(int processes) throws Exception {
        var files = bundle("org.reclaim.filedescriptors");
        var swapper = new Swapper(context(), service(ResourceTables.class), files, releases::incrementAndGet);
        var tasks = new ArrayList<FutureTask<Void>>();
        for (int i = 0; i < THREADS; i++) {
            int first = i * processes / THREADS;
            int last = (i + 1) * processes / THREADS;
            var task = new FutureTask<Void>(() -> live(swapper, first, last));
            tasks.add(task);
            Thread.ofPlatform().name("load-" + i).start(task);
        }
        for (var task : tasks) {
            task.get();
        }
        int swaps = swapper.stop();
        await().atMost(SETTLING).untilAsserted(() ->
                assertThat(service(ResourceInventory.class).unsettled()).isEmpty());
        swapper.close();
        return swaps;
    }

    /** The lives of some processes. */
    private Void live(Swapper swapper, int first, int last) throws IOException {
        for (int process = first; process < last; process++) {
            var managed = processes().start(ProcessSpec.logical("load"));
            for (int id = process * PER_PROCESS; id < (process + 1) * PER_PROCESS; id++) {
                var handle = acquire(swapper, managed.pid(), id);
                if (id % 2 == 1) {
                    handle.close();
                }
            }
            if (!managed.terminate().cleanup().isSuccess()) {
                unfinishedEnds.increment();
            }
        }
        return null;
    }

    private ResourceHandle<?> acquire(Swapper swapper, long pid, int id) throws IOException {
        while (true) {
            try {
                if (id % REAL > 0) {
                    return swapper.table().track(pid, id);
                }
                var handle = service(FdManager.class).open(pid, DEV_NULL, StandardOpenOption.WRITE);
                channels.set(id / REAL, handle.get());
                return handle;
            } catch (ResourceTypeUnavailableException e) {
                Thread.onSpinWait(); // its table has just been closed: take the next one
            }
        }
    }
}
