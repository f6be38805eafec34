package org.reclaim.benchmarks;

import java.util.List;

/** What is compared. */
final class Comparisons {

    private static final String MAPS = "map of maps";
    private static final String CLEANER = "Cleaner";
    private static final String AGRONA = "Agrona, one to one";

    private Comparisons() {}

    /** Tracking and releasing one resource. */
    static List<Comparison> track() {
        var own = track("ownProcessTable", 1);
        var ownOfTwo = track("ownProcessTable", 2);
        var sameOfTwo = track("sameProcessTable", 2);
        return List.of(
                Comparison.of("track + release", own, MAPS, track("ownProcessMaps", 1)).bar(new Bar.Faster(3)),
                Comparison.of("track + release", own, CLEANER, track("cleaner", 1)).bar(new Bar.Faster(1.5)),
                Comparison.of("the same, oldest of 64 first", track("windowTable", 1), MAPS, track("windowMaps", 1)),
                Comparison.of("2 threads, 2 processes", ownOfTwo, MAPS, track("ownProcessMaps", 2))
                        .bar(new Bar.Faster(5)),
                Comparison.of("2 threads, 2 processes", ownOfTwo, CLEANER, track("cleaner", 2))
                        .bar(new Bar.Faster(8)),
                Comparison.of("2 threads, 1 process", sameOfTwo, MAPS, track("sameProcessMaps", 2))
                        .bar(new Bar.Faster(4)));
    }

    /** Ending a process of eight types. */
    static List<Comparison> end() {
        var idle = end("table").with("held", 0).with("blocking", false);
        var holding = end("table").with("held", 10).with("blocking", false);
        var holdingWhatBlocks = end("table").with("held", 10).with("blocking", true);
        var emptyLoop = end("emptyLoop").with("held", 0);
        var idleMaps = end("maps").with("held", 0);
        var maps = end("maps").with("held", 10);
        return List.of(
                Comparison.of("end, nothing held", idle, "empty loop", emptyLoop).bar(new Bar.Above(150)),
                Comparison.of("end, nothing held", idle, MAPS, idleMaps),
                Comparison.of("end, 10 held of each of 8 types", holding, MAPS, maps).bar(new Bar.Faster(1)),
                Comparison.of("the same, may block", holdingWhatBlocks, MAPS + " + hand-over", maps, end("handOver"))
                        .bar(new Bar.Faster(1)),
                Comparison.of("start + end, nothing held", end("startAndEnd"), MAPS, idleMaps));
    }

    /** Ending what holds ten thousand of one thing, or stands among a million others. */
    static List<Comparison> batch() {
        var amidMany = batch("amid").with("others", 1_000_000);
        return List.of(
                Comparison.of("end, of each of 10,000 open files", batch("files"), "closing in a loop",
                                batch("filesByHand"))
                        .bar(new Bar.AtMost(1.1)),
                Comparison.of("end, of each of 10,000 blocks", batch("blocks"), "closing shared arenas",
                                batch("arenas"))
                        .bar(new Bar.Faster(100)),
                Comparison.of("end, among 1,000,000 others", amidMany, "among 1,000",
                                batch("amid").with("others", 1_000))
                        .bar(new Bar.AtMost(1.5)));
    }

    /** What frameworks do for the same. */
    static List<Comparison> peers() {
        var own = track("ownProcessTable", 1);
        var ownOfTwo = track("ownProcessTable", 2);
        return List.of(
                Comparison.of("track + release", own, "Netty, 1 of 128 tracked", peer("nettySampled", 1)),
                Comparison.of("track + release", own, "Netty, each tracked", peer("nettyParanoid", 1)),
                Comparison.of("track + release", own, "Vert.x CloseFuture", peer("vertxCloseFuture", 1)),
                Comparison.of("2 threads, 2 processes", ownOfTwo, "Netty, 1 of 128 tracked", peer("nettySampled", 2)),
                Comparison.of("2 threads, 2 processes", ownOfTwo, "Vert.x CloseFuture", peer("vertxCloseFuture", 2)));
    }

    /** Handing messages of 64 bytes to another thread; reading by io_uring. */
    static List<Comparison> rings() {
        var agrona = Case.of(RingBenchmark.class, "agrona", 1);
        var batches = Case.of(ReadBenchmark.class, "ioUring", 1);
        var channel = Case.of(ReadBenchmark.class, "fileChannel", 1);
        return List.of(
                Comparison.of("64-byte message", Case.of(RingBenchmark.class, "ring", 1), AGRONA, agrona)
                        .bar(new Bar.Faster(1)),
                Comparison.of(
                        "the same, 16 a commit", Case.of(RingBenchmark.class, "ringInBatches", 1), AGRONA, agrona),
                Comparison.of("cached 4 KiB reads, 32 at a time", batches, "FileChannel.read", channel)
                        .bar(new Bar.Faster(2)));
    }

    private static Case track(String method, int threads) {
        return Case.of(TrackBenchmark.class, method, threads);
    }

    private static Case batch(String method) {
        return Case.of(BatchBenchmark.class, method, 1);
    }

    private static Case peer(String method, int threads) {
        return Case.of(PeerBenchmark.class, method, threads);
    }

    private static Case end(String method) {
        return Case.of(EndBenchmark.class, method, 1);
    }
}
