package org.reclaim.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** Ends what holds much, of the real types: ten thousand of one thing, or amid a million other processes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchBenchmark {

    private static final int MANY = 10_000;
    private static final int BLOCK_BYTES = 64;
    private static final int BATCH = 100;
    private static final int HELD = 10;

    /** A platform with the types of the distribution, and a file to open. */
    @State(Scope.Benchmark)
    public static class Real {

        private EmbeddedProcessManager processes;
        private Path file;

        /** Makes both. */
        @Setup
        public void open() throws IOException {
            processes = ProcessManagers.builder().build();
            file = Files.createTempFile("reclaim-benchmark", "");
        }

        /** Ends everything. */
        @TearDown
        public void close() throws IOException {
            processes.close();
            Files.delete(file);
        }

        private long start() {
            return processes.start(ProcessSpec.logical("batch")).pid();
        }

        private ProcessEnd end(long pid) {
            var end = processes.terminate(pid);
            if (end.cleanup().stats().resourcesFreed() != MANY) {
                throw new IllegalStateException("Not what was acquired: " + end.cleanup());
            }
            return end;
        }
    }

    /** A process with open files. */
    @State(Scope.Benchmark)
    public static class OpenFiles {

        private long pid;

        /** Opens them. */
        @Setup(Level.Invocation)
        public void open(Real real) throws IOException {
            pid = real.start();
            var files = real.processes.manager(FdManager.class);
            for (int i = 0; i < MANY; i++) {
                files.open(pid, real.file, StandardOpenOption.READ);
            }
        }
    }

    /** The same files, in a list. */
    @State(Scope.Benchmark)
    public static class ListedFiles {

        private final List<FileChannel> files = new ArrayList<>(MANY);

        /** Opens them. */
        @Setup(Level.Invocation)
        public void open(Real real) throws IOException {
            files.clear();
            for (int i = 0; i < MANY; i++) {
                files.add(FileChannel.open(real.file, StandardOpenOption.READ));
            }
        }
    }

    /** A process with blocks of memory. */
    @State(Scope.Benchmark)
    public static class Blocks {

        private long pid;

        /** Allocates them. */
        @Setup(Level.Invocation)
        public void allocate(Real real) {
            pid = real.start();
            var memory = real.processes.manager(MemoryManager.class);
            for (int i = 0; i < MANY; i++) {
                memory.allocate(pid, BLOCK_BYTES);
            }
        }
    }

    /** The same blocks, an arena for each, as they can be given back one by one. */
    @State(Scope.Benchmark)
    public static class Arenas {

        private final List<Arena> arenas = new ArrayList<>(MANY);

        /** Allocates them. */
        @Setup(Level.Invocation)
        public void allocate() {
            arenas.clear();
            for (int i = 0; i < MANY; i++) {
                var arena = Arena.ofShared();
                arena.allocate(BLOCK_BYTES);
                arenas.add(arena);
            }
        }
    }

    /** Processes to end, among others that hold ten resources each. */
    @State(Scope.Benchmark)
    public static class Crowd {

        /** How many others. */
        @Param({"1000", "1000000"})
        private int others;

        private final Platform platform = new Platform(true);
        private final long[] pids = new long[BATCH];

        /** Starts the others. */
        @Setup
        public void start() {
            var shared = new Resource();
            for (int i = 0; i < others; i++) {
                long pid = platform.start();
                for (int j = 0; j < HELD; j++) {
                    platform.table(0).track(pid, shared);
                }
            }
        }

        /** Starts the next that are to end. */
        @Setup(Level.Invocation)
        public void startBatch() {
            for (int i = 0; i < BATCH; i++) {
                pids[i] = platform.start();
                for (int type = 0; type < platform.types(); type++) {
                    platform.table(type).track(pids[i], new Resource());
                }
            }
        }
    }

    /** Ends a process with open files. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public ProcessEnd files(Real real, OpenFiles open) {
        return real.end(open.pid);
    }

    /** Closes the same files in a loop. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void filesByHand(Real real, ListedFiles open) throws IOException {
        for (var file : open.files) {
            file.close();
        }
    }

    /** Ends a process with blocks of memory. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public ProcessEnd blocks(Real real, Blocks blocks) {
        return real.end(blocks.pid);
    }

    /** Closes an arena for each block. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void arenas(Arenas arenas) {
        arenas.arenas.forEach(Arena::close);
    }

    /** Ends processes among many others. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void amid(Crowd crowd) {
        for (long pid : crowd.pids) {
            crowd.platform.end(pid);
        }
    }
}
