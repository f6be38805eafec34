package org.reclaim.rings.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.RingSide;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.ring.ZeroCopyRing;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.syscalls.SystemCallException;

/** The zero-copy rings of the type: makes them, wakes who waits in them, frees them. */
public final class ZeroCopyRings implements ZeroCopyIpc {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");
    private static final Pattern KERNEL_NAME = Pattern.compile("/[A-Za-z0-9._-]{1,254}");
    private static final String INFIX = "ring-";

    private final ResourceTable<Object> table;
    private final String prefix;

    /** Makes one side of what is mapped. */
    @FunctionalInterface
    private interface Maker<R> {
        R make(String name, String kernelName, boolean owner, MemorySegment memory, Arena arena);
    }

    /**
     * Goes on with the rings that the table holds.
     *
     * @param table            of the type
     * @param kernelNamePrefix how the names of this platform's shared memory begin. Those who came before may have had
     *                         another one: while they have rings, theirs is used, so that these are found by name
     */
    public ZeroCopyRings(ResourceTable<Object> table, String kernelNamePrefix) {
        this.table = table;
        prefix = prefixOfRings(table).orElse(kernelNamePrefix);
    }

    private static Optional<String> prefixOfRings(ResourceTable<Object> table) {
        var found = new AtomicReference<String>();
        table.forEach((resource, pid) -> {
            if (resource instanceof ZeroCopyRing ring && ring.isOwner()) {
                var kernelName = ring.kernelName();
                found.set(kernelName.substring(0, kernelName.length() - INFIX.length() - ring.name().length()));
            }
        });
        return Optional.ofNullable(found.get());
    }

    @Override
    public ResourceHandle<RingProducer> createProducer(long pid, String name, long capacity) throws IOException {
        return create(pid, name, capacity, RingSide.PRODUCER, RingProducer::new);
    }

    @Override
    public ResourceHandle<RingConsumer> createConsumer(long pid, String name, long capacity) throws IOException {
        return create(pid, name, capacity, RingSide.CONSUMER, RingConsumer::new);
    }

    @Override
    public ResourceHandle<RingProducer> attachProducer(long pid, String name) throws IOException {
        return attach(pid, name, RingSide.PRODUCER, RingProducer::new);
    }

    @Override
    public ResourceHandle<RingConsumer> attachConsumer(long pid, String name) throws IOException {
        return attach(pid, name, RingSide.CONSUMER, RingConsumer::new);
    }

    private <R extends ZeroCopyRing> ResourceHandle<R> create(
            long pid, String name, long capacity, RingSide side, Maker<R> maker) throws IOException {
        requireName(name);
        if (!RingMemory.isCapacity(capacity)) {
            throw new IllegalArgumentException("capacity is " + capacity + ", must be a power of two from "
                    + RingLayout.MIN_CAPACITY + " to " + RingLayout.MAX_CAPACITY);
        }
        var kernelName = kernelName(name);
        try (var place = table.reserve(pid, RingLayout.HEADER_SIZE + capacity)) {
            var memory = RingMemory.create(kernelName, capacity, side);
            var ring = maker.make(name, kernelName, true, memory.segment(), memory.arena());
            try {
                return place.track(ring, ring.toString());
            } catch (RuntimeException | Error e) {
                try {
                    release(ring);
                } catch (SystemCallException notUnlinked) {
                    e.addSuppressed(notUnlinked);
                }
                throw e;
            }
        }
    }

    private <R extends ZeroCopyRing> ResourceHandle<R> attach(long pid, String name, RingSide side, Maker<R> maker)
            throws IOException {
        var isForeign = name.startsWith("/");
        if (isForeign) {
            requireKernelName(name);
        } else {
            requireName(name);
        }
        var kernelName = isForeign ? name.substring(1) : kernelName(name);
        // Opened first, for a moment, as its size is what is reserved.
        try (var channel = RingMemory.open(kernelName)) {
            long size = RingMemory.size(channel, name);
            try (var place = table.reserve(pid, size)) {
                var memory = RingMemory.attach(channel, size, name, side);
                var ring = maker.make(name, kernelName, false, memory.segment(), memory.arena());
                try {
                    return place.track(ring, ring.toString());
                } catch (RuntimeException | Error e) {
                    memory.giveBack(side);
                    throw e;
                }
            }
        }
    }

    /**
     * Wakes whoever waits in a ring of a process.
     *
     * @param pid the process that ends
     */
    public void ending(long pid) {
        table.forEach(pid, resource -> {
            if (resource instanceof ZeroCopyRing ring) {
                ring.stopWaiting();
            }
        });
    }

    /**
     * Frees one side. Never waits.
     *
     * @param ring the side
     * @throws IllegalStateException if a running call uses its memory: it is still held
     * @throws SystemCallException   if its name can't be removed: that is still held
     */
    public static void release(ZeroCopyRing ring) throws SystemCallException {
        ring.release();
        // Last: nothing after it can fail, so it is not tried again when the name is somebody else's.
        if (ring.isOwner()) {
            SharedMemory.unlink(ring.kernelName());
        }
    }

    private String kernelName(String name) {
        return prefix + INFIX + name;
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name is '" + name + "', must be 1 to " + MAX_NAME_LENGTH
                    + " letters, digits, '.', '_' or '-' of ASCII");
        }
    }

    private static void requireKernelName(String name) {
        if (!KERNEL_NAME.matcher(name).matches() || name.equals("/.") || name.equals("/..")) {
            throw new IllegalArgumentException("name is '" + name + "', must be '/' and 1 to 254 letters, digits, '.',"
                    + " '_' or '-' of ASCII, neither '/.' nor '/..'");
        }
    }
}
