package org.reclaim.benchmarks;

import java.lang.ref.Cleaner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;

/** Tracks one resource and releases it, in a process that holds nothing else. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TrackBenchmark {

    /** The second of two threads releases what it tracked so many operations before. */
    private static final int WINDOW = 64;

    /** What all threads share. */
    @State(Scope.Benchmark)
    public static class Shared {

        private final Platform platform = new Platform(true);
        private final ResourceTable<Resource> table = platform.table(0);
        private final MapOfMaps maps = new MapOfMaps();
        private final Cleaner cleaner = Cleaner.create();
        private long[] pids;

        /** Starts all processes on one thread, one after the other: their objects are neighbours on the heap. */
        @Setup
        public void start(ThreadParams threads) {
            pids = new long[threads.getThreadCount()];
            for (int i = 0; i < pids.length; i++) {
                pids[i] = platform.start();
                table.track(pids[i], new Resource()).close();
                maps.close(pids[i], maps.track(pids[i], new Resource()));
            }
        }

        /** Ends everything. */
        @TearDown
        public void stop() {
            platform.close();
        }
    }

    /** What each thread has of its own. */
    @State(Scope.Thread)
    public static class Own {

        private final Resource resource = new Resource();
        private final ResourceHandle<?>[] handles = new ResourceHandle<?>[WINDOW];
        private final long[] ids = new long[WINDOW];
        private int next;
        private long ownPid;
        private long commonPid;

        /** Takes its process. */
        @Setup
        public void choose(Shared shared, ThreadParams threads) {
            ownPid = shared.pids[threads.getThreadIndex()];
            commonPid = shared.pids[0];
        }

        private int nextPlace() {
            next = next + 1 & WINDOW - 1;
            return next;
        }
    }

    /** Each thread in a process of its own, in a table. */
    @Benchmark
    public void ownProcessTable(Shared shared, Own own) {
        shared.table.track(own.ownPid, own.resource).close();
    }

    /** The same by a map of maps. */
    @Benchmark
    public void ownProcessMaps(Shared shared, Own own) {
        shared.maps.close(own.ownPid, shared.maps.track(own.ownPid, own.resource));
    }

    /** All threads in one process, in a table. */
    @Benchmark
    public void sameProcessTable(Shared shared, Own own) {
        shared.table.track(own.commonPid, own.resource).close();
    }

    /** The same by a map of maps. */
    @Benchmark
    public void sameProcessMaps(Shared shared, Own own) {
        shared.maps.close(own.commonPid, shared.maps.track(own.commonPid, own.resource));
    }

    /** First in, first out: each releases what was tracked {@value #WINDOW} operations before, in a table. */
    @Benchmark
    public void windowTable(Shared shared, Own own) {
        int place = own.nextPlace();
        var oldest = own.handles[place];
        own.handles[place] = shared.table.track(own.ownPid, own.resource);
        if (oldest != null) {
            oldest.close();
        }
    }

    /** The same by a map of maps. */
    @Benchmark
    public void windowMaps(Shared shared, Own own) {
        int place = own.nextPlace();
        long oldest = own.ids[place];
        own.ids[place] = shared.maps.track(own.ownPid, own.resource);
        shared.maps.close(own.ownPid, oldest);
    }

    /** The JDK's cleaner, which knows no processes. */
    @Benchmark
    public void cleaner(Shared shared, Own own) {
        shared.cleaner.register(own.resource, own.resource).clean();
    }
}
