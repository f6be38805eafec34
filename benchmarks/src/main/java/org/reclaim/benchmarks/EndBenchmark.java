package org.reclaim.benchmarks;

import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * Ends processes. Starting them and acquiring is outside of what is timed, except in {@link #startAndEnd}: each
 * invocation ends a batch that was prepared before it, so that of the two readings of the clock, less than a nanosecond
 * falls to each process.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EndBenchmark {

    private static final int BATCH = 100;

    /** Processes of the platform. */
    @State(Scope.Benchmark)
    public static class Processes {

        /** How many resources each process holds of each of eight types. */
        @Param({"0", "10"})
        private int held;

        /** Whether the releasers may block. */
        @Param({"false", "true"})
        private boolean blocking;

        private final long[] pids = new long[BATCH];
        private Platform platform;

        /** Makes the platform. */
        @Setup
        public void open() {
            platform = new Platform(!blocking);
        }

        /** Starts the next batch. */
        @Setup(Level.Invocation)
        public void start() {
            for (int i = 0; i < BATCH; i++) {
                pids[i] = platform.start();
                for (int type = 0; type < platform.types(); type++) {
                    for (int j = 0; j < held; j++) {
                        platform.table(type).track(pids[i], new Resource());
                    }
                }
            }
        }

        /** Ends everything. */
        @TearDown
        public void close() {
            platform.close();
        }
    }

    /** The same in eight maps of maps. */
    @State(Scope.Benchmark)
    public static class Maps {

        /** As for the processes. */
        @Param({"0", "10"})
        private int held;

        private final MapOfMaps[] types = Stream.generate(MapOfMaps::new).limit(8).toArray(MapOfMaps[]::new);
        private final long[] pids = new long[BATCH];
        private long lastPid;

        /** Prepares the next batch. */
        @Setup(Level.Invocation)
        public void start() {
            Arrays.setAll(pids, i -> ++lastPid);
            for (long pid : pids) {
                for (var type : types) {
                    for (int j = 0; j < held; j++) {
                        type.track(pid, new Resource());
                    }
                }
            }
        }
    }

    /** A thread to hand work to. */
    @State(Scope.Benchmark)
    public static class Worker {

        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        /** Ends it. */
        @TearDown
        public void close() {
            thread.close();
        }
    }

    /** Ends started processes. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void table(Processes processes, Blackhole blackhole) {
        for (long pid : processes.pids) {
            blackhole.consume(processes.platform.end(pid));
        }
    }

    /** Drains the maps of maps. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void maps(Maps maps, Blackhole blackhole) {
        for (long pid : maps.pids) {
            for (var type : maps.types) {
                blackhole.consume(type.end(pid));
            }
        }
    }

    /** Visits the batch and does nothing with it: what the others cost besides ending. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void emptyLoop(Maps maps, Blackhole blackhole) {
        for (long pid : maps.pids) {
            blackhole.consume(pid);
        }
    }

    /** Hands nothing to another thread, and waits for it: what an end with releasers that may block costs more. */
    @Benchmark
    public void handOver(Worker worker) throws ExecutionException, InterruptedException {
        worker.thread.submit(() -> {}).get();
    }

    /** The whole life of a process that holds nothing. */
    @Benchmark
    public void startAndEnd(Idle idle, Blackhole blackhole) {
        blackhole.consume(idle.platform.end(idle.platform.start()));
    }

    /** A platform whose processes are started within what is timed. */
    @State(Scope.Benchmark)
    public static class Idle {

        private final Platform platform = new Platform(true);

        /** Ends everything. */
        @TearDown
        public void close() {
            platform.close();
        }
    }
}
