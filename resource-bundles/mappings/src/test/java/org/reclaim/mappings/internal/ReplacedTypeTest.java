package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** The type goes and another instance of it comes, as when its bundle is replaced, while mappings live. */
@EnabledOnOs(OS.LINUX)
class ReplacedTypeTest {

    private static final int SIZE = 10_000;
    private static final long LIMIT = 5 * SIZE;

    @TempDir
    private Path folder;

    private Path file;
    private final Replaceable type = new Replaceable();
    private final TestPlatform reclaim = new TestPlatform(
            builder -> builder.with(type).limits(Mappings.TYPE, new ResourceLimits(LIMIT, LIMIT)));
    private final long pid = reclaim.start();

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[SIZE]);
    }

    @AfterEach
    void stop() {
        reclaim.close();
    }

    @Test
    void mappingsStayUsableWithoutTheTypeAndTheNextInstanceFreesThem() throws Exception {
        var segments = new ArrayList<MemorySegment>();
        for (var lifetime : MemoryLifetime.values()) {
            var shared = type.now.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, lifetime).get();
            segments.add(shared.segment());
            segments.add(type.now.mapAnonymous(pid, SIZE, PRIVATE, READ_WRITE, lifetime).get().segment());

            type.go();
            shared.segment().set(JAVA_BYTE, 0, (byte) 42);
            shared.force();
            type.come();
        }
        var late = type.now.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS).get();
        segments.add(late.segment());
        // The share of each is still taken.
        assertThatThrownBy(() -> type.now.mapAnonymous(pid, 1, SHARED, READ_WRITE))
                .isInstanceOf(ResourceLimitException.class);

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(5);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(LIMIT);
        assertThat(segments).allSatisfy(Pages::assertStale);
        assertNothingMapped();
        assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 42);
    }

    @Test
    void aHandleClosedWithoutTheTypeIsClosedForItsUserAndUnmappedByTheNextInstance() throws Exception {
        var handle = type.now.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        var segment = handle.get().segment();
        type.go();

        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(Pages.areMapped(segment)).isTrue();
        type.come();
        await().until(() -> !Pages.areMapped(segment));
        Pages.assertStale(segment);
        assertNothingMapped();
    }

    @Test
    void whatBelongsToAProcessThatEndsWithoutTheTypeIsUnmappedByTheNextInstance() throws Exception {
        type.now.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        type.now.mapAnonymous(pid, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS);
        type.go();

        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.UNBOUND);
        assertThat(Kernel.mappings(file.toString())).isNotEmpty();

        type.come();
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertNothingMapped();
    }

    @Test
    void theInstanceThatHasGoneMapsNothingMore() {
        var gone = type.now;
        type.go();

        assertThatThrownBy(() -> gone.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE))
                .isInstanceOf(ResourceTypeUnavailableException.class);
        assertThatThrownBy(() -> gone.mapAnonymous(pid, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS))
                .isInstanceOf(ResourceTypeUnavailableException.class);

        assertNothingMapped();
    }

    private static void assertNothingMapped() {
        assertThat(List.of(Kernel.mappings("/file"), Kernel.mappings("memfd:reclaim-"))).allMatch(List::isEmpty);
    }

    /** The type as the platform sees it, and below it the instance that there is now. */
    private static final class Replaceable implements ResourceTypeProvider, ResourceCleanup {

        private ResourceTables tables;
        private volatile Mappings now;

        void go() {
            now.detach();
        }

        void come() {
            now = new Mappings(tables);
        }

        @Override
        public ResourceCleanup create(ResourceTables given) {
            tables = given;
            come();
            return this;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            return now.cleanup(pid);
        }

        @Override
        public boolean hasResources(long pid) {
            return now.hasResources(pid);
        }

        @Override
        public String resourceType() {
            return Mappings.TYPE;
        }

        @Override
        public int ranking() {
            return CleanupRanking.MAPPINGS;
        }
    }
}
