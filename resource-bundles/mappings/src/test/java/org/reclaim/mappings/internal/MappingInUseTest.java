package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.mapping.Protection.READ_WRITE;
import static org.reclaim.api.mapping.Sharing.SHARED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** A call that uses a mapping is running when it is to be unmapped: it waits in the kernel for data. */
@EnabledOnOs(OS.LINUX)
class MappingInUseTest {

    private static final int SIZE = 4096;

    @TempDir(factory = OnDisk.class)
    private Path folder;

    private Path file;
    private Pipe pipe;
    private final TestPlatform reclaim = new TestPlatform();
    private final MmapManager mappings = reclaim.manager(MmapManager.class);
    private final long pid = reclaim.start();

    @BeforeEach
    void open() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[SIZE]);
        pipe = Pipe.open();
    }

    @AfterEach
    void close() throws IOException {
        pipe.sink().close();
        pipe.source().close();
        reclaim.close();
    }

    @ParameterizedTest
    @EnumSource
    void itIsStillHeldAndAfterTheCallForcedAgainAndUnmapped(MemoryLifetime lifetime) throws Exception {
        try (var arena = Arena.ofShared()) {
            var segment = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE, lifetime).get().segment();
            var observer = observe(arena);
            var read = startReadingInto(segment);

            var outcome = reclaim.end(pid, Mappings.TYPE);

            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.detail()).contains("acquired by 1 clients");
            assertThat(outcome.stats().bytesFreed()).isZero();
            assertThat(segment.get(JAVA_BYTE, 0)).isZero();
            assertThat(Pages.dirty(observer)).isZero();
            assertThat(read).isNotDone();

            finish(read);
            await().until(() -> !segment.scope().isAlive());
            assertThat(Pages.dirty(observer)).isZero();
            assertThat(Files.readAllBytes(file)).startsWith(1, 2, 3);
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        }
        assertThat(Kernel.mappings(file.toString())).isEmpty();
    }

    @Test
    void itsHandleCannotBeClosedYetWhichItsUserIsTold() throws Exception {
        var handle = mappings.mapFile(pid, file, 0, SIZE, SHARED, READ_WRITE);
        var segment = handle.get().segment();
        var read = startReadingInto(segment);

        assertThatThrownBy(handle::close)
                .isInstanceOf(ReleaseFailedException.class)
                .hasMessageContaining("acquired by 1 clients");

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        finish(read);
        assertThat(reclaim.end(pid, Mappings.TYPE).stats().bytesFreed()).isEqualTo(SIZE);
        Pages.assertStale(segment);
    }

    private MemorySegment observe(Arena arena) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var segment = channel.map(MapMode.READ_ONLY, 0, SIZE, arena);
            assertThat(segment.get(JAVA_BYTE, 0)).isZero();
            return segment;
        }
    }

    private CompletableFuture<Integer> startReadingInto(MemorySegment segment) throws Exception {
        var reader = new CompletableFuture<Thread>();
        var read = CompletableFuture.supplyAsync(() -> {
            reader.complete(Thread.currentThread());
            try {
                return pipe.source().read(segment.asByteBuffer());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var thread = reader.get();
        // It counts as runnable while it waits in the kernel; its stack says where.
        await().until(() -> {
            var stack = thread.getStackTrace();
            return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getMethodName().startsWith("read");
        });
        return read;
    }

    private void finish(CompletableFuture<Integer> read)
            throws IOException, InterruptedException, ExecutionException {
        pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(read.get()).isEqualTo(3);
    }
}
