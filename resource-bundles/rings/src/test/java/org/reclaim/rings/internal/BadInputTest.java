package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.reclaim.rings.internal.Platform.ANY_PORT;
import static org.reclaim.rings.internal.Platform.BUFFER_BYTES;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.OperationQueue;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.syscalls.SystemCallException;

/** Every parameter out of its range, and what there is no room for: refused, and nothing is done. */
class BadInputTest {

    @TempDir
    private Path folder;

    private Platform reclaim;
    private long pid;
    private IoUring ring;
    private RingDescriptor file;
    private String before;

    @BeforeEach
    void open() throws IOException {
        reclaim = new Platform();
        pid = reclaim.start();
        ring = reclaim.ring(pid);
        file = reclaim.manager().openFile(pid, Path.of("/dev/null"), StandardOpenOption.READ, StandardOpenOption.WRITE)
                .get();
        before = Platform.baseline();
    }

    @AfterEach
    void close() {
        assertThat(Platform.held()).isEqualTo(before);
        assertThat(ring.inFlight()).isZero();
        reclaim.close();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, entries", "-1, 0, entries", "32769, 0, entries", "1, -1, bufferBytes",
        "1, 1073741825, bufferBytes"})
    void instancesHaveLimits(int entries, long bufferBytes, String name) {
        refused(() -> reclaim.manager().open(pid, entries, bufferBytes), name + " is ");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "1000, 1024", "32768, 32768"})
    void entriesAreRoundedUp(int entries, int rounded) throws Exception {
        try (var handle = reclaim.manager().open(pid, entries, 0)) {
            assertThat(handle.get().entries()).isEqualTo(rounded);
            assertThat(handle.get().toString()).startsWith("io_uring " + rounded + " entries, fd ");
            assertThat(handle.get().buffers().byteSize()).isZero();
            int queued = 0;
            while (handle.get().queue().nop(queued)) {
                queued++;
            }
            assertThat(queued).as("as many as it has entries").isEqualTo(rounded);
            assertThat(handle.get().submit()).isEqualTo(rounded);
            assertThat(handle.get().queue().nop(0)).as("not before some were taken").isFalse();
            assertThat(handle.get().poll(Completion.NONE, 1)).isEqualTo(1);
            assertThat(handle.get().queue().nop(0)).isTrue();
            assertThat(handle.get().queue().nop(0)).isFalse();
        }
    }

    @Test
    void peopleSeeWhatIsHeldAndHowLargeItIs() throws Exception {
        try (var pipe = reclaim.manager().openPipe(pid); var listener = reclaim.manager().listenTcp(pid, ANY_PORT, 0)) {
            assertThat(reclaim.platform().processes().inventory().resources(pid))
                    .extracting(ResourceInfo::label, ResourceInfo::bytes)
                    .containsExactlyInAnyOrder(
                            tuple(ring.toString(), BUFFER_BYTES + 64 * (64 + 4 + 2 * 16)),
                            tuple("file /dev/null, fd " + file.number(), 0L),
                            tuple("pipe, fds " + pipe.get().source().number() + " and "
                                    + pipe.get().sink().number(), 0L),
                            tuple("tcp listener 127.0.0.1:" + listener.get().address().orElseThrow().getPort()
                                    + ", fd " + listener.get().number(), 0L));
        }
    }

    @Test
    void buffersHaveLimits() {
        for (long size : new long[] {0, -1, BUFFER_BYTES + 1}) {
            refused(() -> ring.allocate(size, 1), "byteSize is " + size + ", must be 1 to " + BUFFER_BYTES);
        }
        for (long alignment : new long[] {0, -1, 3, 8192}) {
            refused(() -> ring.allocate(1, alignment), "alignment is " + alignment);
        }
        assertThat(ring.allocate(1, 1).address()).isEqualTo(ring.buffers().address());
        assertThat(ring.allocate(4096, 4096).address()).isEqualTo(ring.buffers().address() + 4096);
        assertThatThrownBy(() -> ring.allocate(BUFFER_BYTES - 4096, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("has 57344 of 65536 bytes free, which is too few for 61440");
        assertThat(ring.allocate(BUFFER_BYTES - 8192, 1).address()).isEqualTo(ring.buffers().address() + 8192);
    }

    @Test
    void onlyBuffersOfTheInstanceAreTaken() throws Exception {
        try (var arena = Arena.ofShared(); var other = reclaim.manager().open(pid, 1, 4096)) {
            for (var foreign : new MemorySegment[] {
                MemorySegment.ofArray(new byte[10]), arena.allocate(10), Arena.ofAuto().allocate(10),
                other.get().buffers()
            }) {
                refused(() -> ring.queue().read(file, foreign, 0, 1), "must be from this instance's allocate()");
                refused(() -> ring.queue().write(file, foreign, 0, 1), "must be from this instance's allocate()");
                refused(() -> ring.queue().send(file, foreign, 1), "must be from this instance's allocate()");
                refused(() -> ring.queue().receive(file, foreign, 1), "must be from this instance's allocate()");
            }
        }
        refused(() -> ring.queue().read(file, ring.buffers().asReadOnly(), 0, 1), "read-only");
        refused(() -> ring.queue().receive(file, ring.buffers().asReadOnly(), 1), "read-only");
        refused(() -> ring.queue().read(file, ring.buffers().asSlice(0, 0), 0, 1), "has 0 bytes");
        assertThat(ring.queue().write(file, ring.buffers().asReadOnly().asSlice(7, 10), 0, 1)).isTrue();
        assertThat(Platform.result(ring)).isEqualTo(10);
    }

    @Test
    void operationsHaveLimits() {
        for (long offset : new long[] {-2, Long.MIN_VALUE, Long.MAX_VALUE - BUFFER_BYTES + 1}) {
            refused(() -> ring.queue().read(file, ring.buffers(), offset, 1), "offset is " + offset);
            refused(() -> ring.queue().write(file, ring.buffers(), offset, 1), "offset is " + offset);
        }
        for (int events : new int[] {0, -1, 65_536}) {
            refused(() -> ring.queue().poll(file, events, 1), "events is " + events + ", must be 1 to 65535");
        }
        refused(() -> ring.queue().timeout(Duration.ofNanos(-1), 1), "time is PT-0.000000001S, must be 0 or more");
        refused(() -> ring.queue().connect(file, InetSocketAddress.createUnresolved("x", 1), 1), "must be resolved");
        refused(() -> ring.poll(Completion.NONE, 0), "limit is 0, must be 1 or more");
        refused(() -> ring.await(0, Duration.ZERO, Completion.NONE), "minimum is 0, must be 1 or more");
        assertThatThrownBy(() -> ring.queue().fsync(null, false, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ring.queue(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void descriptorsOfOtherProcessesAreRefused() throws Exception {
        long other = reclaim.start();
        try (var pipe = reclaim.manager().openPipe(other)) {
            refused(
                    () -> ring.queue().poll(pipe.get().source(), OperationQueue.POLLIN, 1),
                    " of process " + other + ", must be of process " + pid);
        }
    }

    @Test
    void filesAreOpenedByTheRulesOfTheJdk() throws Exception {
        var manager = reclaim.manager();
        var path = folder.resolve("ä \u20ac");
        assertThatThrownBy(() -> manager.openFile(pid, path))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("open " + path + ": No such file or directory (ENOENT, errno 2)");
        manager.openFile(pid, path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC)
                .close();
        assertThatThrownBy(() -> manager.openFile(
                pid, path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW))
                .hasMessageContaining("EEXIST");
        Files.writeString(path, "abc");
        try (var append = manager.openFile(pid, path, StandardOpenOption.APPEND)) {
            ring.queue().write(append.get(), ring.buffers().asSlice(0, 2), 0, 1);
            assertThat(Platform.result(ring)).isEqualTo(2);
        }
        assertThat(Files.size(path)).isEqualTo(5);
        manager.openFile(pid, path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
        assertThat(Files.size(path)).isZero();
        manager.openFile(pid, path, StandardOpenOption.READ, StandardOpenOption.CREATE_NEW).close();
    }

    @Test
    void aNamedPipeIsOpenedWithoutWaiting() throws Exception {
        var path = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor()).isZero();
        assertThatThrownBy(() -> reclaim.manager().openFile(pid, path, StandardOpenOption.WRITE))
                .hasMessageContaining("ENXIO");
        try (var source = reclaim.manager().openFile(pid, path);
                var sink = reclaim.manager().openFile(pid, path, StandardOpenOption.WRITE)) {
            ring.queue().read(source.get(), ring.buffers(), 0, 1);
            ring.submit();
            assertThat(ring.poll(Completion.NONE, 1)).as("it waits for data").isZero();
            ring.queue().write(sink.get(), ring.buffers().asSlice(0, 1), 0, 2);
            assertThat(Platform.results(ring, 2)).isEqualTo(Map.of(1L, 1, 2L, 1));
        }
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        for (var wrong : new OpenOption[][] {
            {StandardOpenOption.DELETE_ON_CLOSE},
            {StandardOpenOption.SPARSE},
            {LinkOption.NOFOLLOW_LINKS},
            {StandardOpenOption.APPEND, StandardOpenOption.READ},
            {StandardOpenOption.APPEND, StandardOpenOption.TRUNCATE_EXISTING}
        }) {
            refused(() -> reclaim.manager().openFile(pid, folder, wrong), "options ");
        }
    }

    @Test
    void pathsOfOtherFileSystemsAreRefused() throws Exception {
        var zip = URI.create("jar:" + folder.resolve("x.zip").toUri());
        try (var fileSystem = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            refused(() -> reclaim.manager().openFile(pid, fileSystem.getPath("x")), "of the default file system");
        }
    }

    @Test
    void addressesAndFamiliesAreChecked() throws Exception {
        var manager = reclaim.manager();
        refused(() -> manager.listenTcp(pid, InetSocketAddress.createUnresolved("x", 1), 0), "must be resolved");
        refused(() -> manager.listenTcp(pid, ANY_PORT, -1), "backlog is -1");
        refused(() -> manager.openTcp(pid, StandardProtocolFamily.UNIX), "family is UNIX, must be INET or INET6");
        try (var listener = manager.listenTcp(pid, ANY_PORT, 1)) {
            assertThatThrownBy(() -> manager.listenTcp(pid, listener.get().address().orElseThrow(), 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("EADDRINUSE");
        }
    }

    private static void refused(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
