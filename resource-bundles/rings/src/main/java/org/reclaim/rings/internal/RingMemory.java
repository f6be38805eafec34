package org.reclaim.rings.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.RingSide;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.syscalls.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shared memory of a ring, mapped for one side: what is done to it before and after that side uses it. See
 * {@link RingLayout}.
 *
 * @param segment all of it
 * @param arena   the side's own, which unmaps it
 */
record RingMemory(MemorySegment segment, Arena arena) {

    private static final Logger LOG = LoggerFactory.getLogger(RingMemory.class);

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private static final int OS_PID = (int) ProcessHandle.current().pid();
    private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");

    /** Creates a ring with one side taken; leaves nothing if it throws. */
    static RingMemory create(String kernelName, long capacity, RingSide side) throws IOException {
        var size = RingLayout.HEADER_SIZE + capacity;
        try (var channel = SharedMemory.create(kernelName, size)) {
            try {
                var memory = map(channel, size);
                memory.set(RingLayout.VERSION_OFFSET, RingLayout.VERSION);
                memory.segment.set(ValueLayout.JAVA_LONG, RingLayout.CAPACITY_OFFSET, capacity);
                memory.setProcess(side);
                memory.set(side.stateOffset(), RingLayout.TAKEN);
                // Release: pairs with the acquire in requireRing(). Who sees the magic number sees the rest.
                LONG.setRelease(memory.segment, RingLayout.MAGIC_OFFSET, RingLayout.MAGIC);
                return memory;
            } catch (IOException | RuntimeException | Error e) {
                try {
                    SharedMemory.unlink(kernelName);
                } catch (SystemCallException notUnlinked) {
                    e.addSuppressed(notUnlinked);
                }
                throw e;
            }
        } catch (SystemCallException e) {
            throw e.errno() == Errno.EEXIST ? cause(new FileAlreadyExistsException("/" + kernelName), e) : e;
        }
    }

    /** Opens the shared memory of a ring. */
    static FileChannel open(String kernelName) throws IOException {
        try {
            return SharedMemory.open(kernelName, true);
        } catch (SystemCallException e) {
            throw e.errno() == Errno.ENOENT ? cause(new NoSuchFileException("/" + kernelName), e) : e;
        }
    }

    /** The size of what was opened, if it can be a ring's. */
    static long size(FileChannel channel, String name) throws IOException {
        long size = channel.size();
        requireRing(isCapacity(size - RingLayout.HEADER_SIZE), name, "its size is " + size + " bytes");
        return size;
    }

    /** Maps what was opened, if it is a ring, and takes a side of it; leaves nothing if it throws. */
    static RingMemory attach(FileChannel channel, long size, String name, RingSide side) throws IOException {
        var memory = map(channel, size);
        try {
            memory.requireRing(name, size - RingLayout.HEADER_SIZE);
            memory.take(name, side);
            return memory;
        } catch (IOException | RuntimeException | Error e) {
            memory.arena.close();
            throw e;
        }
    }

    /** Gives an attached side back as if it had never been taken, for another one to take; nobody has used it. */
    void giveBack(RingSide side) {
        set(side.pidOffset(), 0);
        set(side.stateOffset(), RingLayout.FREE);
        arena.close();
    }

    static boolean isCapacity(long capacity) {
        return capacity >= RingLayout.MIN_CAPACITY
                && capacity <= RingLayout.MAX_CAPACITY
                && Long.bitCount(capacity) == 1;
    }

    private static RingMemory map(FileChannel channel, long size) throws IOException {
        var arena = Arena.ofShared();
        try {
            return new RingMemory(channel.map(MapMode.READ_WRITE, 0, size, arena), arena);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private void requireRing(String name, long capacity) throws IOException {
        // Acquire: pairs with the release in create().
        long magic = (long) LONG.getAcquire(segment, RingLayout.MAGIC_OFFSET);
        requireRing(magic == RingLayout.MAGIC, name, "it begins with 0x" + Long.toHexString(magic));
        int version = segment.get(ValueLayout.JAVA_INT, RingLayout.VERSION_OFFSET);
        requireRing(version == RingLayout.VERSION, name, "its version is " + version);
        long said = segment.get(ValueLayout.JAVA_LONG, RingLayout.CAPACITY_OFFSET);
        requireRing(said == capacity, name, "its capacity is said to be " + said + " bytes, and is " + capacity);
    }

    private static void requireRing(boolean isRing, String name, String found) throws IOException {
        if (!isRing) {
            throw new IOException("'" + name + "' is no ring of version " + RingLayout.VERSION + ": " + found);
        }
    }

    private void take(String name, RingSide side) throws IOException {
        int state = (int) INT.compareAndExchange(segment, side.stateOffset(), RingLayout.FREE, RingLayout.TAKEN);
        if (state == RingLayout.LEFT) {
            throw new RingClosedException(name, side, "a ring is used once");
        }
        if (state != RingLayout.FREE) {
            throw new IllegalStateException("ring '" + name + "' has a " + side + " already, of process "
                    + segment.get(ValueLayout.JAVA_INT, side.pidOffset()) + " of the operating system");
        }
        setProcess(side);
        try {
            requireUnused(name, side);
        } catch (IOException | RuntimeException | Error e) {
            set(side.pidOffset(), 0);
            set(side.stateOffset(), RingLayout.FREE);
            throw e;
        }
    }

    /** Positions begin at 0, and a side that nobody had before has not gone on from there. */
    private void requireUnused(String name, RingSide side) throws IOException {
        if (side == RingSide.PRODUCER
                && (int) INT.getAcquire(segment, RingSide.CONSUMER.stateOffset()) == RingLayout.LEFT) {
            throw new RingClosedException(name, RingSide.CONSUMER, "nobody reads any more");
        }
        long position = segment.get(
                ValueLayout.JAVA_LONG, side == RingSide.PRODUCER ? RingLayout.TAIL : RingLayout.HEAD);
        requireRing(position == 0, name, "it had no " + side + " yet, whose position is " + position);
    }

    private void setProcess(RingSide side) {
        segment.set(ValueLayout.JAVA_LONG, side.namespaceOffset(), pidNamespace());
        // Release: pairs with the acquire of the peer that looks for this process. Who sees the pid sees its namespace.
        set(side.pidOffset(), OS_PID);
    }

    /** The inode of the namespace in which the pid means something; 0 if the system does not tell. */
    private static long pidNamespace() {
        try {
            return (long) Files.getAttribute(PID_NAMESPACE, "unix:ino");
        } catch (IOException e) {
            LOG.debug("There is no {}: who waits for this process will not see whether it lives", PID_NAMESPACE, e);
            return 0;
        }
    }

    private void set(long offset, int value) {
        INT.setRelease(segment, offset, value);
    }

    private static <T extends Exception> T cause(T e, Exception cause) {
        e.initCause(cause);
        return e;
    }
}
