package org.reclaim.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** Reads pages, which the kernel has in memory, at random places of a file: in batches, or one by one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadBenchmark {

    private static final int BATCH = 32;
    private static final int PAGE = 4096;

    /** Of the file, 16 MiB: more than caches of processors have. */
    private static final int PAGES = 4096;

    /** The file, and in what order it is read. */
    @State(Scope.Thread)
    public static class Pages {

        private final long[] offsets = new Random(1).longs(PAGES, 0, PAGES).map(page -> page * PAGE).toArray();
        private int next;
        private Path path;

        /** Writes it, so that it is in memory. */
        @Setup
        public void write() throws IOException {
            path = Files.createTempFile("reclaim-benchmark-", ".pages");
            Files.write(path, new byte[PAGES * PAGE]);
        }

        /** Deletes it. */
        @TearDown
        public void delete() throws IOException {
            Files.delete(path);
        }

        private long nextOffset() {
            next = next + 1 & PAGES - 1;
            return offsets[next];
        }
    }

    /** An io_uring instance of a process. */
    @State(Scope.Thread)
    public static class Ring {

        private final MemorySegment[] buffers = new MemorySegment[BATCH];
        private final Completion completion = this::completed;
        private EmbeddedProcessManager processes;
        private IoUring ring;
        private RingDescriptor file;
        private long bytes;

        /** Opens it. */
        @Setup
        public void open(Pages pages) throws IOException {
            processes = ProcessManagers.builder().build();
            long pid = processes.start(ProcessSpec.logical("benchmark")).pid();
            var rings = processes.manager(IoUringManager.class);
            ring = rings.open(pid, BATCH, BATCH * PAGE).get();
            file = rings.openFile(pid, pages.path).get();
            for (int i = 0; i < BATCH; i++) {
                buffers[i] = ring.allocate(PAGE, PAGE);
            }
        }

        /** Ends everything. */
        @TearDown
        public void close() {
            processes.close();
        }

        private void completed(long token, int result) {
            bytes += result;
        }
    }

    /** A channel of the JDK's, with buffers that need no copying. */
    @State(Scope.Thread)
    public static class Channel {

        private final ByteBuffer[] buffers =
                Stream.generate(() -> ByteBuffer.allocateDirect(PAGE)).limit(BATCH).toArray(ByteBuffer[]::new);
        private FileChannel channel;

        /** Opens it. */
        @Setup
        public void open(Pages pages) throws IOException {
            channel = FileChannel.open(pages.path);
        }

        /** Closes it. */
        @TearDown
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A batch by io_uring: queued, submitted by one call, all completions taken. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long ioUring(Ring ring, Pages pages) throws IOException {
        long before = ring.bytes;
        var queue = ring.ring.queue();
        for (int i = 0; i < BATCH; i++) {
            if (!queue.read(ring.file, ring.buffers[i], pages.nextOffset(), i)) {
                throw new IllegalStateException("No room for read " + i);
            }
        }
        ring.ring.submit();
        int told = 0;
        while (told < BATCH) {
            told += ring.ring.poll(ring.completion, BATCH - told);
        }
        return requireAll(ring.bytes - before);
    }

    /** As many by a channel. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long fileChannel(Channel channel, Pages pages) throws IOException {
        long bytes = 0;
        for (var buffer : channel.buffers) {
            bytes += channel.channel.read(buffer.clear(), pages.nextOffset());
        }
        return requireAll(bytes);
    }

    private static long requireAll(long bytes) {
        if (bytes != BATCH * PAGE) {
            throw new UncheckedIOException(new IOException(bytes + " bytes read, not " + BATCH * PAGE));
        }
        return bytes;
    }
}
