package org.reclaim.benchmarks;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import io.vertx.core.Closeable;
import io.vertx.core.internal.CloseFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Tracks one resource and releases it, as frameworks do for what they hold. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PeerBenchmark {

    /** Netty's leak detector, of which there is one for each class of resource, shared by all threads. */
    private static class Netty {

        private final ResourceLeakDetector<Resource> detector;

        Netty(ResourceLeakDetector.Level level, int samplingInterval) {
            ResourceLeakDetector.setLevel(level);
            detector = new ResourceLeakDetector<>(Resource.class, samplingInterval);
        }

        void trackAndRelease() {
            // One for each, as the collector has to notice that one is lost.
            var resource = new Resource();
            ResourceLeakTracker<Resource> tracker = detector.track(resource);
            resource.run();
            if (tracker != null) {
                tracker.close(resource);
            }
        }
    }

    /** As it is by default. */
    @State(Scope.Benchmark)
    public static class Sampled {

        private Netty netty;

        /** Makes it. */
        @Setup
        public void open() {
            netty = new Netty(ResourceLeakDetector.Level.SIMPLE, 128);
        }
    }

    /** As it finds each leak. */
    @State(Scope.Benchmark)
    public static class Paranoid {

        private Netty netty;

        /** Makes it. */
        @Setup
        public void open() {
            netty = new Netty(ResourceLeakDetector.Level.PARANOID, 1);
        }
    }

    /** What a context of Vert.x closes when it is closed; each thread has a context of its own. */
    @State(Scope.Thread)
    public static class Context {

        private final CloseFuture closing = new CloseFuture();
        private final Resource resource = new Resource();
        private final Closeable closeable = done -> {
            resource.run();
            done.succeed();
        };
    }

    /** One of 128. */
    @Benchmark
    public void nettySampled(Sampled sampled) {
        sampled.netty.trackAndRelease();
    }

    /** Each. */
    @Benchmark
    public void nettyParanoid(Paranoid paranoid) {
        paranoid.netty.trackAndRelease();
    }

    /** Adds, removes, closes. */
    @Benchmark
    public void vertxCloseFuture(Context context) {
        context.closing.add(context.closeable);
        if (context.closing.remove(context.closeable)) {
            context.resource.run();
        }
    }
}
