package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.mapping.Protection.READ_ONLY;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.PRIVATE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;
import org.slf4j.LoggerFactory;

/**
 * What was written is on disk before it is unmapped. Reading the file would not tell: it reads the same pages that were
 * written. The kernel tells: a page that was written and is not stored yet is dirty in every mapping of it. An observer
 * has mapped and touched the file throughout. (Within seconds the kernel would store the pages by itself; so what is
 * still dirty proves that nothing was forced, and what is clean at once, that it very likely was.)
 */
@EnabledOnOs(OS.LINUX)
class ForcedMappingsTest {

    private static final int PAGE = 4096;
    private static final int SIZE = 4 * PAGE;

    @TempDir(factory = OnDisk.class)
    private Path folder;

    private Path file;
    private MemorySegment observer;
    private final Arena arena = Arena.ofShared();
    private final Logger logger = (Logger) LoggerFactory.getLogger(MappingReleaser.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final TestPlatform reclaim = new TestPlatform();
    private final MmapManager mappings = reclaim.manager(MmapManager.class);

    @BeforeEach
    void observe() throws IOException {
        file = newFile("file");
        observer = observe(file);
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
    }

    private Path newFile(String name) throws IOException {
        try (var channel = FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(SIZE));
            channel.force(true);
        }
        return folder.resolve(name);
    }

    private MemorySegment observe(Path observed) throws IOException {
        try (var channel = FileChannel.open(observed, StandardOpenOption.READ)) {
            var segment = channel.map(MapMode.READ_ONLY, 0, SIZE, arena);
            assertThat(segment.toArray(JAVA_BYTE)).containsOnly(0);
            assertThat(Pages.dirty(segment)).isZero();
            return segment;
        }
    }

    @AfterEach
    void stop() {
        reclaim.close();
        arena.close();
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void forceStoresWhatWasWritten() throws Exception {
        var mapping = mapAndWrite(reclaim.start(), file, MemoryLifetime.HANDLE);

        mapping.force();

        assertThat(Pages.dirty(observer)).isZero();
        assertThat(Pages.dirty(mapping.segment())).isZero();
    }

    @Test
    void forceOfAPartStoresThatPart() throws Exception {
        var mapping = mapAndWrite(reclaim.start(), file, MemoryLifetime.HANDLE);
        mapping.force();
        mapping.segment().set(JAVA_BYTE, 2 * PAGE + 5, (byte) 2);
        assertThat(Pages.dirty(observer)).isPositive();

        mapping.force(2 * PAGE + 5, 1);

        assertThat(Pages.dirty(observer)).isZero();
        mapping.force(SIZE, 0);
        assertThatThrownBy(() -> mapping.force(SIZE, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> mapping.force(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> mapping.force(1, Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatHasNothingToForceSaysSo() throws Exception {
        long pid = reclaim.start();
        for (var mapping : List.of(
                mappings.mapFile(pid, file, 0, SIZE, PRIVATE, READ_WRITE).get(),
                mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_ONLY).get(),
                mappings.mapAnonymous(pid, SIZE, SHARED, READ_WRITE).get())) {
            assertThatThrownBy(mapping::force)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("Only a shared writable mapping of a file can be forced to disk, not " + mapping);
        }
        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.FREED);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheProcessForcesBeforeItUnmaps(MemoryLifetime lifetime) throws Exception {
        long pid = reclaim.start();
        mapAndWrite(pid, file, lifetime);

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(Pages.dirty(observer)).isZero();
        assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
        assertThat(observer.toArray(JAVA_BYTE)).containsOnly(1);
        assertThat(Files.readAllBytes(file)).containsOnly(1);
    }

    @Test
    void closingTheHandleForcesBeforeItUnmaps() throws Exception {
        var handle = mappings.mapFile(reclaim.start(), file, 0, SIZE, SHARED, READ_WRITE);
        write(handle.get(), observer);

        handle.close();

        assertThat(Pages.dirty(observer)).isZero();
        assertThat(observer.toArray(JAVA_BYTE)).containsOnly(1);
    }

    @Test
    void whatLivesUntilTheEndIsForcedThoughItsHandleWasClosedAndItsSegmentUsedOn() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS);
        var mapping = handle.get();
        handle.close();
        write(mapping, observer);

        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(Pages.dirty(observer)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeForcedIsToldAndCountedAndUnmappedAndTheOthersAreForced(MemoryLifetime lifetime) throws Exception {
        long pid = reclaim.start();
        var broken = mappings.mapFile(pid, newFile("broken"), 0, SIZE, SHARED, READ_WRITE, lifetime).get();
        mapAndWrite(pid, file, lifetime);
        Unforceable.make(broken.segment());
        assertThatThrownBy(broken::force)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("msync of " + broken + ": Invalid argument")
                .hasCauseInstanceOf(IOException.class);

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(Pages.dirty(observer)).isZero();
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).isEqualTo("1 errors counted");
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(1);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(2);
        Pages.assertStale(broken.segment());
        assertThat(Kernel.mappings("broken")).isEmpty();
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString().startsWith(
                "mappings of process " + pid + ": what was written may not be on disk, it is unmapped all the same: "
                        + "msync of " + broken + ": Invalid argument");
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        assertThat(log.list).hasSize(1);
    }

    @Test
    void whatCannotBeForcedIsCountedThoughItsHandleWasClosed() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, MemoryLifetime.PROCESS);
        Unforceable.make(handle.get().segment());
        handle.close();

        var outcome = reclaim.end(pid, Mappings.TYPE);

        assertThat(log.list).hasSize(1);
        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).isEqualTo("1 errors counted");
        assertThat(outcome.stats().errorsEncountered()).isEqualTo(1);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
    }

    @Test
    void aHandleWhoseMappingCannotBeForcedIsClosedAndItIsTold() throws Exception {
        long pid = reclaim.start();
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        var segment = handle.get().segment();
        Unforceable.make(segment);

        handle.close();

        Pages.assertStale(segment);
        assertThat(log.list).hasSize(1);
        assertThat(reclaim.end(pid, Mappings.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    private Mapping mapAndWrite(long pid, Path written, MemoryLifetime lifetime) throws IOException {
        var mapping = mappings.mapFile(pid, written, 0, SIZE, SHARED, READ_WRITE, lifetime).get();
        write(mapping, observer);
        return mapping;
    }

    private static void write(Mapping mapping, MemorySegment observer) throws IOException {
        mapping.segment().fill((byte) 1);
        assertThat(Pages.dirty(observer)).isPositive();
    }
}
