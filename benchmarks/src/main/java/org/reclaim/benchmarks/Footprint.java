package org.reclaim.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.ref.Cleaner;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Measures by how much the heap grows when much of one thing is held. The program of a JVM of its own, which measures
 * one figure, so that nothing else grows or goes in it, and prints it: bytes of each.
 */
final class Footprint {

    /** What may grow. */
    enum Thing {
        IDLE_PROCESS,
        TRACKED,
        RESERVED,
        IN_MAP_OF_MAPS,
        IN_CLEANER
    }

    private static final int RESOURCES = 1_000_000;
    private static final int IDLE_PROCESSES = 100_000;

    /** All hold the same one: what is held is not what is measured. */
    private static final Resource RESOURCE = new Resource();

    private Footprint() {}

    /**
     * Measures.
     *
     * @param args the thing, and how many of it each process has
     */
    public static void main(String[] args) {
        int perProcess = Integer.parseInt(args[1]);
        int processes = RESOURCES / perProcess;
        System.out.println(switch (Thing.valueOf(args[0])) {
            case IDLE_PROCESS -> idle();
            case TRACKED -> tracking(processes, perProcess);
            case RESERVED -> reserving(processes, perProcess);
            case IN_MAP_OF_MAPS -> mapping(processes, perProcess);
            case IN_CLEANER -> registering(processes, perProcess);
        });
    }

    private static double idle() {
        try (var platform = new Platform(true)) {
            return growth(IDLE_PROCESSES, 1, i -> platform.start());
        }
    }

    private static double tracking(int processes, int perProcess) {
        try (var platform = new Platform(true)) {
            var pids = start(platform, processes);
            var table = platform.table(0);
            return growth(processes, perProcess, process -> table.track(pids[process], RESOURCE));
        }
    }

    private static double reserving(int processes, int perProcess) {
        try (var platform = new Platform(true)) {
            var pids = start(platform, processes);
            var table = platform.table(0);
            return growth(processes, perProcess, process -> {
                try (var place = table.reserve(pids[process], 1)) {
                    place.track(RESOURCE, "the same label for all");
                }
            });
        }
    }

    private static long[] start(Platform platform, int processes) {
        return IntStream.range(0, processes).mapToLong(i -> platform.start()).toArray();
    }

    private static double mapping(int processes, int perProcess) {
        var maps = new MapOfMaps();
        double growth = growth(processes, perProcess, process -> maps.track(process, RESOURCE));
        maps.end(0); // reachable until here
        return growth;
    }

    private static double registering(int processes, int perProcess) {
        var cleaner = Cleaner.create();
        return growth(processes, perProcess, process -> cleaner.register(RESOURCE, RESOURCE));
    }

    private static double growth(int processes, int perProcess, IntConsumer acquireForProcess) {
        long before = used();
        for (int process = 0; process < processes; process++) {
            for (int i = 0; i < perProcess; i++) {
                acquireForProcess.accept(process);
            }
        }
        return (double) (used() - before) / ((long) processes * perProcess);
    }

    private static long used() {
        var memory = ManagementFactory.getMemoryMXBean();
        // Twice: what the first one finds unreachable through a reference object is freed by the second.
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
