package org.reclaim.rings.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

/** A platform with io_uring. */
final class Platform implements AutoCloseable {

    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final Duration LONG = Duration.ofSeconds(20);
    static final int ECANCELED = -125;
    static final long BUFFER_BYTES = 1 << 16;

    private final TestPlatform platform;

    Platform() {
        this(new RingsType());
    }

    Platform(ResourceTypeProvider provider) {
        platform = new TestPlatform(provider);
    }

    TestPlatform platform() {
        return platform;
    }

    IoUringManager manager() {
        return platform.manager(IoUringManager.class);
    }

    long start() {
        return platform.start();
    }

    IoUring ring(long pid) throws IOException {
        return manager().open(pid, 64, BUFFER_BYTES).get();
    }

    /** Ends a process and tells what became of its rings. */
    TypeOutcome end(long pid) {
        return platform.end(pid, Rings.TYPE);
    }

    @Override
    public void close() {
        platform.close();
    }

    /** Submits what is queued, and waits for the results of so many operations, by token. */
    static Map<Long, Integer> results(IoUring ring, int count) throws IOException, InterruptedException {
        ring.submit();
        var results = new TreeMap<Long, Integer>();
        collect(ring, count, results::put);
        return results;
    }

    /** Submits the only operation that is queued, and waits for its result. */
    static int result(IoUring ring) throws IOException, InterruptedException {
        return results(ring, 1).values().iterator().next();
    }

    /** Waits for the completions of so many operations. */
    static void collect(IoUring ring, int count, Completion completion) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(LONG);
        int told = 0;
        while (told < count && System.nanoTime() - deadline < 0) {
            told += ring.await(count - told, LONG, completion);
        }
        if (told != count) {
            throw new AssertionError(told + " completions, not " + count);
        }
    }

    /** What the kernel has of ours: descriptors of files, pipes, sockets and rings, and mapped rings. */
    static String held() {
        var descriptors = new TreeMap<>(Kernel.descriptors());
        descriptors.values().removeIf(target ->
                target.endsWith(".jar") || target.endsWith("/modules") || target.startsWith("/proc/"));
        return descriptors + " " + Kernel.mappings("[io_uring]").size();
    }

    /** What is open before a test: with the descriptors that the JDK keeps from its first channel on. */
    static String baseline() throws IOException {
        SocketChannel.open().close();
        return held();
    }

    /** Runs something on a thread of its own. */
    static <T> FutureTask<T> run(boolean virtual, Callable<T> body) {
        var task = new FutureTask<>(body);
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
        return task;
    }
}
