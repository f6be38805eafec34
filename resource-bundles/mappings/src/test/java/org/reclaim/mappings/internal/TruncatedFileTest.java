package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** Somebody truncates a file below its mapping. */
@EnabledOnOs(OS.LINUX)
class TruncatedFileTest {

    private static final int PAGE = 4096;
    private static final int PAGES = 10;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void accessBeyondTheEndThrowsAndTheRestOfTheMappingLivesAndIsForcedAndFreed(MemoryLifetime lifetime)
            throws Exception {
        var file = Files.write(folder.resolve("file"), new byte[PAGES * PAGE]);
        try (var reclaim = new TestPlatform()) {
            long pid = reclaim.start();
            var mapping = reclaim.manager(MmapManager.class)
                    .mapFile(pid, file, 0, PAGES * PAGE, SHARED, READ_WRITE, lifetime)
                    .get();
            var segment = mapping.segment();
            segment.fill((byte) 1);
            assertThat(sum(segment)).as("compiled by now").isNotZero();

            truncate(file, 100);

            assertThatThrownBy(() -> segment.get(JAVA_BYTE, PAGE)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> segment.set(JAVA_BYTE, 2 * PAGE, (byte) 2)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> segment.asSlice(PAGE).fill((byte) 3)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> segment.toArray(JAVA_BYTE)).isInstanceOf(InternalError.class);
            assertThatThrownBy(() -> sum(segment)).isInstanceOf(InternalError.class);
            assertThat(segment.get(JAVA_BYTE, 99)).isEqualTo((byte) 1);
            assertThat(segment.get(JAVA_BYTE, 100)).as("the rest of the last page").isZero();

            segment.set(JAVA_BYTE, 0, (byte) 4);
            mapping.force();
            mapping.force(5 * PAGE, PAGE);

            var outcome = reclaim.end(pid, Mappings.TYPE);
            assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
            assertThat(outcome.stats().bytesFreed()).isEqualTo(PAGES * PAGE);
            assertThat(Kernel.mappings(file.toString())).isEmpty();
            Pages.assertStale(segment);
            assertThat(file).hasSize(100);
            assertThat(Files.readAllBytes(file)[0]).isEqualTo((byte) 4);
        }
    }

    private static long sum(MemorySegment segment) {
        long sum = 0;
        for (int round = 0; round < 1000; round++) {
            for (long offset = 0; offset < segment.byteSize(); offset += Long.BYTES) {
                sum += segment.get(JAVA_LONG, offset);
            }
        }
        return sum;
    }

    private static void truncate(Path file, long size) throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
