package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.orchestrator.internal.cleanup.Bound;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/**
 * A hundred thousand processes, started and ended by four threads, while a fifth replaces the cleanups of their types
 * all the time. Every resource has a number, and a count of its releases.
 */
class ProcessStormTest {

    private static final int PROCESSES = 100_000;
    private static final int THREADS = 4;
    private static final int ITEMS_PER_PROCESS = 8;
    private static final int ITEMS = PROCESSES * ITEMS_PER_PROCESS;
    private static final int PROCESSES_PER_FILE = 100;
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    private Path folder;

    private final TestPlatform platform = TestPlatform.create(settings -> {
        settings.historySize(100);
        settings.deadline(Duration.ofSeconds(30));
    });
    private final Processes processes = platform.processes();

    /** Processes that another thread is to end. */
    private final ConcurrentLinkedQueue<Long> toEnd = new ConcurrentLinkedQueue<>();

    private final Channels channels = new Channels();

    /** Of each item, by its number: whether it was taken, and how often released. */
    private final AtomicIntegerArray tracked = new AtomicIntegerArray(ITEMS);

    private final AtomicIntegerArray releases = new AtomicIntegerArray(ITEMS);

    private volatile Service current;

    /** A cleanup that is bound, and its manager. */
    private record Service(Shelf shelf, Bound bound) {}

    @Test
    void everythingIsReleasedOnceAndNothingStays() throws Exception {
        long heapBefore = usedHeap();

        storm();

        assertThat(openFiles()).isZero();
        assertThat(channels.opened).hasValue(PROCESSES / PROCESSES_PER_FILE);
        assertThat(processes.processes()).isEmpty();
        long last = platform.start();
        assertThat(last).isEqualTo(PROCESSES + 1L);
        assertThat(LongStream.range(1, last)).noneMatch(pid -> processes.known(pid).isPresent());
        platform.close();
        // A worker that has gone idle goes when the platform stops.
        Patience.until(() -> workers() == 0);
        assertThat(usedHeap() - heapBefore).isLessThan(20 * MEGABYTE);
    }

    private void storm() throws Exception {
        var done = new AtomicInteger();
        var swaps = new AtomicInteger();
        platform.bind(channels, 3);
        swap();

        Together.run(THREADS + 1, thread -> {
            if (thread == THREADS) {
                while (done.get() < THREADS) {
                    swaps.incrementAndGet();
                    var asked = platform.bind(new Asked("asked"), 2);
                    swap();
                    LockSupport.parkNanos(PAUSE.toNanos());
                    platform.unbind(asked);
                }
                return;
            }
            try {
                for (int i = 0; i < PROCESSES / THREADS; i++) {
                    live(thread * (PROCESSES / THREADS) + i);
                }
            } finally {
                done.incrementAndGet();
            }
        });
        toEnd.forEach(platform::terminate);
        platform.bind(new Asked("asked"), 2);
        platform.awaitSettled();

        assertThat(swaps).hasValueGreaterThan(10);
        assertThat(IntStream.range(0, ITEMS)).allMatch(id -> releases.get(id) == tracked.get(id));
        assertThat(IntStream.range(0, ITEMS).filter(id -> releases.get(id) > 0).count()).isGreaterThan(PROCESSES);
    }

    /** Replaces the cleanup of the items, with a gap or without. */
    private void swap() {
        var old = current;
        var next = new Shelf(
                "items",
                platform.tablesOf(new ClassLoader() {}),
                Shelf.nonBlocking(item -> releases.incrementAndGet(item.id())));
        boolean gap = ThreadLocalRandom.current().nextBoolean();
        if (gap) {
            retire(old);
        }
        var bound = platform.bind(next, 1);
        current = new Service(next, bound);
        if (!gap) {
            retire(old);
        }
    }

    private void retire(Service old) {
        if (old != null) {
            platform.unbind(old.bound);
            old.shelf.table().detach();
        }
    }

    /** The life of one process. */
    private void live(int number) throws IOException {
        long pid = platform.start();
        var random = ThreadLocalRandom.current();
        if (number % PROCESSES_PER_FILE == 0) {
            channels.open(pid, folder.resolve("file-" + number));
        }
        boolean endedByAnother = random.nextInt(4) == 0;
        if (endedByAnother) {
            toEnd.add(pid);
        }
        try {
            for (int i = 0; i < ITEMS_PER_PROCESS; i++) {
                var handle = acquire(pid, number * ITEMS_PER_PROCESS + i);
                if (random.nextInt(3) == 0) {
                    handle.close();
                }
            }
        } catch (ProcessEndedException e) {
            // Another thread was faster; what was refused is not counted as tracked, and must not be released.
        }
        if (!endedByAnother) {
            platform.terminate(pid);
        }
        var other = toEnd.poll();
        if (other != null) {
            platform.terminate(other);
        }
    }

    /** As through a front: whoever finds that the type has gone tries the next one. */
    private ResourceHandle<Item> acquire(long pid, int id) {
        while (true) {
            try {
                var handle = current.shelf.table().track(pid, new Item(id));
                tracked.set(id, 1);
                return handle;
            } catch (ResourceTypeUnavailableException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** Real descriptors, of which closing may wait. */
    private final class Channels implements ResourceCleanup {

        private final ResourceTable<FileChannel> table =
                platform.tables().open("channels", FileChannel.class, FileChannel::close);
        private final AtomicInteger opened = new AtomicInteger();

        void open(long pid, Path file) throws IOException {
            opened.incrementAndGet();
            table.track(
                    pid,
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        }

        @Override
        public CleanupStats cleanup(long pid) {
            return table.releaseAll(pid);
        }

        @Override
        public String resourceType() {
            return "channels";
        }

        @Override
        public boolean hasResources(long pid) {
            return table.hasResources(pid);
        }
    }

    /** Descriptors of this JVM that are open on files of this test; none where the system does not tell. */
    private long openFiles() throws IOException {
        var descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (var list = Files.list(descriptors)) {
            return list.filter(this::isOfThisTest).count();
        }
    }

    private boolean isOfThisTest(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(folder.toString());
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("reclaim-worker"))
                .count();
    }

    private static long usedHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
