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
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;

/** Many processes that hold much of every type, ended from several threads while others acquire. */
public class AllTypesIT extends PlatformTest {

    private static final int PROCESSES = 200;
    private static final int EACH = 50;
    private static final int THREADS = 4;
    private static final Duration SETTLING = Duration.ofMinutes(2);
    private static final long RSS_MARGIN_KIB = 64 << 10;

    /** What the JVM loads and keeps when something is done for the first time is no leak. */
    private static final int WARM_UP = 8;

    @Override
    protected Map<String, String> settings() {
        var log = Path.of("target/test-classes/logback-quiet.xml").toAbsolutePath();
        return Map.of("org.ops4j.pax.logging.StaticLogbackFile", log.toString());
    }

    @Test
    public void nothingIsLeftOfAnyOfThem() throws Exception {
        live(new Lives(WARM_UP));
        var before = Sight.now();
        var totalsBefore = new HashMap<>(service(ResourceInventory.class).totals().byType());
        var lives = new Lives(PROCESSES);

        live(lives);

        assertThat(lives.ends).hasSize(PROCESSES).allSatisfy((pid, end) -> {
            assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup().errors()).isTrue();
            assertThat(end.cleanup().outcomes()).extracting(TypeOutcome::status).containsOnly(Status.FREED);
        });
        assertThat(service(ResourceInventory.class).types()).allMatch(type -> type.live() == 0 && type.bytes() == 0);
        var totals = service(ResourceInventory.class).totals().byType();
        Possessions.COUNTS.forEach((type, count) -> assertThat(totals.get(type) - totalsBefore.get(type))
                .as(type)
                .isEqualTo(PROCESSES * (type.equals("signals") ? EACH + 1 : EACH * count)));
        await().atMost(SETTLING).untilAsserted(() -> assertThat(Sight.now()).matches(
                now -> now.isBackAt(before), "is back at " + before));
        assertThat(log().problems()).isEmpty();
    }

    /** Some processes, and how they ended. */
    private static final class Lives {
        private final int count;
        private final AtomicInteger started = new AtomicInteger();
        private final Map<Long, ProcessEnd> ends = new ConcurrentHashMap<>();

        Lives(int count) {
            this.count = count;
        }
    }

    private static void live(Lives lives) throws Exception {
        var running = new ArrayList<Future<Void>>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                Callable<Void> life = () -> liveOneAfterTheOther(lives);
                running.add(threads.submit(life));
            }
            for (var each : running) {
                each.get();
            }
        }
    }

    private static Void liveOneAfterTheOther(Lives lives) throws Exception {
        while (lives.started.getAndIncrement() < lives.count) {
            long pid = processes().start(ProcessSpec.logical("everything")).pid();
            for (int i = 0; i < EACH; i++) {
                new Possessions(pid).use();
            }
            lives.ends.put(pid, processes().terminate(pid));
        }
        return null;
    }

    /** What the kernel and the JVM say is there. */
    private record Sight(int descriptors, int threads, List<String> sharedMemory, long mappings, long rssKib) {

        static Sight now() throws IOException {
            System.gc();
            return new Sight(
                    Kernel.descriptors().size(),
                    Thread.getAllStackTraces().size(),
                    sharedMemoryNames(),
                    mappingsOfOurs(),
                    rss());
        }

        boolean isBackAt(Sight before) {
            return descriptors <= before.descriptors
                    && threads <= before.threads
                    && sharedMemory.equals(before.sharedMemory)
                    && mappings <= before.mappings
                    && rssKib < before.rssKib + RSS_MARGIN_KIB;
        }

        private static List<String> sharedMemoryNames() throws IOException {
            try (var names = Files.list(Path.of("/dev/shm"))) {
                return names.map(Path::toString).sorted().toList();
            }
        }

        private static long mappingsOfOurs() throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
                return lines.filter(line -> line.contains("/dev/shm/") || line.contains("/memfd:")
                        || line.contains("anon_inode:[io_uring]")).count();
            }
        }

        private static long rss() throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
            }
        }
    }
}
