package org.reclaim.rings.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.api.ring.RingGeometry;
import org.reclaim.api.ring.RingPipe;
import org.reclaim.rings.internal.IoUringSetup.SetupCall;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.RawMappings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The io_uring half of the type {@code rings}: its entries are instances, descriptors and pipes. */
final class IoUrings implements IoUringManager {

    private static final Logger LOG = LoggerFactory.getLogger(IoUrings.class);

    /** How long the kernel may take to end what was cancelled. With the next well below the deadline of a cleanup. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PATIENCE_FOR_ALL = Duration.ofSeconds(1);

    /** In the mappings: the entry itself, its place in the array, and two completions. */
    private static final long BYTES_PER_ENTRY =
            RingGeometry.SUBMISSION_BYTES + Integer.BYTES + 2 * RingGeometry.COMPLETION_BYTES;

    private final ResourceTable<Object> table;
    private final IoUringSetup setup;

    IoUrings(ResourceTable<Object> table, SetupCall call) {
        this.table = table;
        setup = new IoUringSetup(call);
    }

    @Override
    public Optional<String> limitation() {
        return setup.limitation();
    }

    @Override
    public ResourceHandle<IoUring> open(long pid, int entries, long bufferBytes) throws IOException {
        if (entries < 1 || entries > MAX_ENTRIES) {
            throw new IllegalArgumentException("entries is " + entries + ", must be 1 to " + MAX_ENTRIES);
        }
        if (bufferBytes < 0 || bufferBytes > MAX_BUFFERS) {
            throw new IllegalArgumentException("bufferBytes is " + bufferBytes + ", must be 0 to " + MAX_BUFFERS);
        }
        long bytes = bufferBytes + roundedUp(entries) * BYTES_PER_ENTRY;
        return acquire(pid, bytes, () -> setup.open(pid, entries, bufferBytes), IoUring::toString);
    }

    private static long roundedUp(int entries) {
        return entries == 1 ? 1 : Integer.highestOneBit(entries - 1) * 2L;
    }

    @Override
    public ResourceHandle<RingDescriptor> openFile(long pid, Path path, OpenOption... options) throws IOException {
        RingFiles.requireDefaultFileSystem(path);
        int flags = RingFiles.flags(options);
        return acquire(pid, 0, () -> RingFiles.open(pid, path, flags), RingDescriptor::toString);
    }

    @Override
    public ResourceHandle<RingPipe> openPipe(long pid) throws IOException {
        return acquire(
                pid, 0, () -> RingFiles.pipe(pid), pipe -> "pipe, fds " + pipe.source().number() + " and "
                        + pipe.sink().number());
    }

    @Override
    public ResourceHandle<RingDescriptor> listenTcp(long pid, InetSocketAddress local, int backlog)
            throws IOException {
        if (local.isUnresolved()) {
            throw new IllegalArgumentException("local is " + local + ", must be resolved");
        }
        if (backlog < 0) {
            throw new IllegalArgumentException("backlog is " + backlog + ", must be 0 or more");
        }
        return acquire(pid, 0, () -> RingFiles.listenTcp(pid, local, backlog), RingDescriptor::toString);
    }

    @Override
    public ResourceHandle<RingDescriptor> openTcp(long pid, ProtocolFamily family) throws IOException {
        boolean ipv6 = RingFiles.isIpv6(family);
        return acquire(pid, 0, () -> RingFiles.openTcp(pid, ipv6), RingDescriptor::toString);
    }

    @Override
    public ResourceHandle<RingDescriptor> trackAccepted(IoUring ring, int result) {
        var connection = ring.accepted(result).orElseThrow(() -> noConnection(ring, result));
        try (var place = table.reserve(connection.pid(), 0)) {
            if (!ring.handOver(connection)) {
                throw noConnection(ring, result);
            }
            try {
                return place.track(connection, connection.toString());
            } catch (RuntimeException | Error e) {
                connection.close();
                throw e;
            }
        }
    }

    private static IllegalArgumentException noConnection(IoUring ring, int result) {
        return new IllegalArgumentException("result is " + result + ", must be the number of an open connection that "
                + ring + " has accepted, and nobody tracks");
    }

    /** Reserves, opens, tracks; what could not be tracked is released here. */
    private <T> ResourceHandle<T> acquire(long pid, long bytes, Opening<T> opening, Labeling<T> labeling)
            throws IOException {
        try (var place = table.reserve(pid, bytes)) {
            var resource = opening.open();
            try {
                return place.track(resource, labeling.labelOf(resource));
            } catch (RuntimeException | Error e) {
                try {
                    release(resource);
                } catch (IOException | RuntimeException notReleased) {
                    e.addSuppressed(notReleased);
                }
                throw e;
            }
        }
    }

    /** Stops what runs for a process, without waiting: instances take no more, who awaits wakes. */
    void ending(long pid) {
        endInstances(pid, Duration.ZERO);
    }

    /** Before all that a process holds is released, in any order: then no operation needs a descriptor any more. */
    void prepare(long pid) {
        ending(pid); // all of them at once; then one after the other
        endInstances(pid, PATIENCE_FOR_ALL);
    }

    private void endInstances(long pid, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        table.forEach(pid, resource -> {
            if (resource instanceof IoUring ring) {
                try {
                    ring.end(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                } catch (IOException | RuntimeException e) { // one that is sick must not keep the others held
                    LOG.warn("{} of process {} could not cancel what is under way; its release tries again",
                            ring, pid, e);
                }
            }
        });
    }

    /**
     * Frees one resource of this half.
     *
     * @throws IOException           if the kernel has not ended an operation, or a call uses a buffer
     * @throws IllegalStateException if operations on a descriptor are queued and not submitted
     */
    static void release(Object resource) throws IOException {
        switch (resource) {
            case IoUring ring -> release(ring);
            case RingDescriptor descriptor -> descriptor.close();
            case RingPipe pipe -> {
                try {
                    pipe.sink().close();
                } finally {
                    pipe.source().close();
                }
            }
            default -> throw new IllegalArgumentException(
                    "No resource of io_uring: " + resource.getClass().getName());
        }
    }

    private static void release(IoUring ring) throws IOException {
        var remains = ring.release(PATIENCE);
        // No segment shows the memory any more, and nobody uses the descriptors: nothing is still held, come what may.
        remains.ifPresent(it -> {
            giveUp(ring, () -> RawMappings.unmap(it.queues(), it.queuesByteSize()));
            giveUp(ring, () -> RawMappings.unmap(it.entries(), it.entriesByteSize()));
            giveUp(ring, () -> DescriptorCalls.close(it.wakeUp()));
            giveUp(ring, () -> DescriptorCalls.close(it.descriptor()));
        });
    }

    private static void giveUp(IoUring ring, Undo.Step step) {
        try {
            step.run();
        } catch (IOException e) {
            LOG.warn("Giving up a part of {} failed", ring, e);
        }
    }

    /** Acquires from the operating system; leaves nothing behind if it throws. */
    @FunctionalInterface
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Says what identifies a resource to people. */
    @FunctionalInterface
    private interface Labeling<T> {
        String labelOf(T resource);
    }
}
