package org.reclaim.api.ring;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/**
 * Where operations of an {@link IoUring} are queued. They begin when they are submitted, run at the same time in no
 * order, and complete once each. So of one socket or pipe, one is to be under way at a time in each direction: the
 * bytes of two might be mixed up. Thread-safe.
 *
 * <p>Every method returns false, and has queued nothing, if as many operations are under way as the instance has
 * entries: take completions, then try again. Every method throws {@link IllegalArgumentException} if a parameter is out
 * of range, a descriptor is closed or of another process, or a buffer is not of {@link IoUring#buffers()}; and
 * {@link IoUringClosedException} if the instance is closed. Results and errors are those of the system call of the same
 * name, as {@link Completion} has them.
 */
public final class OperationQueue {

    /** For an offset: where the file is at, as read(2) and write(2) do, and for all that has no offsets, as pipes. */
    public static final long CURRENT_POSITION = -1;

    /** The longest buffer, in bytes: what Linux transfers in one call at most, read(2). */
    public static final int MAX_TRANSFER = 0x7ffff000;

    /** For {@link #poll}: there is something to read. */
    public static final int POLLIN = 1;

    /** For {@link #poll}: something can be written. */
    public static final int POLLOUT = 4;

    private static final int ALL_EVENTS = 0xffff;
    private static final int FSYNC_DATASYNC = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOCK_CLOEXEC = 02000000;

    private final RingCore core;
    private final long pid;
    private final MemorySegment buffers;

    /** Null for those that are told to who polls. */
    private final Completion completion;

    OperationQueue(RingCore core, long pid, MemorySegment buffers, Completion completion) {
        this.core = core;
        this.pid = pid;
        this.buffers = buffers;
        this.completion = completion;
    }

    /**
     * Queues what does nothing.
     *
     * @param token given back when it has completed, with 0
     * @return false if there is no room
     */
    public boolean nop(long token) {
        return core.queue(
                (slot, slots, auxiliary) -> slots.fill(slot, Opcodes.word(Opcodes.NOP, -1), 0, 0, 0),
                null,
                completion,
                token);
    }

    /**
     * Queues a read(2) or pread(2).
     *
     * @param from   what to read
     * @param into   where to: 1 to {@link #MAX_TRANSFER} bytes; it changes until the operation has completed
     * @param offset where in the file, from 0, or {@link #CURRENT_POSITION}
     * @param token  given back when it has completed, with the number of bytes, 0 at the end of the file
     * @return false if there is no room
     */
    public boolean read(RingDescriptor from, MemorySegment into, long offset, long token) {
        requireWritable(into);
        return transfer(Opcodes.READ, from, into, requireOffset(offset, into), 0, token);
    }

    /**
     * Queues a write(2) or pwrite(2).
     *
     * @param to     what to write to
     * @param from   what to write: 1 to {@link #MAX_TRANSFER} bytes; to be left as it is until the completion
     * @param offset where in the file, from 0, or {@link #CURRENT_POSITION}
     * @param token  given back when it has completed, with the number of bytes, which may be fewer
     * @return false if there is no room
     */
    public boolean write(RingDescriptor to, MemorySegment from, long offset, long token) {
        return transfer(Opcodes.WRITE, to, from, requireOffset(offset, from), 0, token);
    }

    /**
     * Queues an fsync(2) or fdatasync(2). It covers writes that have completed before it is submitted.
     *
     * @param file     what to bring to the device
     * @param dataOnly whether without attributes that are not needed to read the data
     * @param token    given back when it has completed, with 0
     * @return false if there is no room
     */
    public boolean fsync(RingDescriptor file, boolean dataOnly, long token) {
        requireOwn(file);
        return core.queue(
                Opcodes.FSYNC, file, 0, 0, lengthAndFlags(0, dataOnly ? FSYNC_DATASYNC : 0), completion, token);
    }

    /**
     * Queues an accept(2).
     *
     * @param listener from {@link IoUringManager#listenTcp}
     * @param token    given back when it has completed, with the number of the connection's descriptor, which
     *                 {@link IoUring#accepted} turns into the connection, and
     *                 {@link IoUringManager#trackAccepted} into a resource of its own
     * @return false if there is no room
     */
    public boolean accept(RingDescriptor listener, long token) {
        requireOwn(listener);
        return core.queue((slot, slots, auxiliary) -> {
            long address = auxiliary.expectAddress(slot);
            slots.fill(
                    slot,
                    Opcodes.word(Opcodes.ACCEPT, listener.number()),
                    address + AuxiliaryMemory.ADDRESS_BYTES,
                    address,
                    lengthAndFlags(0, SOCK_CLOEXEC));
        }, listener, completion, token);
    }

    /**
     * Queues a connect(2).
     *
     * @param socket from {@link IoUringManager#openTcp}
     * @param remote a resolved address, of the family of the socket
     * @param token  given back when it has completed, with 0
     * @return false if there is no room
     */
    public boolean connect(RingDescriptor socket, InetSocketAddress remote, long token) {
        requireOwn(socket);
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException("remote is " + remote + ", must be resolved");
        }
        return core.queue(
                (slot, slots, auxiliary) -> slots.fill(
                        slot,
                        Opcodes.word(Opcodes.CONNECT, socket.number()),
                        AuxiliaryMemory.addressByteSize(remote),
                        auxiliary.putAddress(slot, remote),
                        0),
                socket,
                completion,
                token);
    }

    /**
     * Queues a recv(2).
     *
     * @param from  a connected socket
     * @param into  where to: 1 to {@link #MAX_TRANSFER} bytes; it changes until the operation has completed
     * @param token given back when it has completed, with the number of bytes, 0 if the peer sends no more
     * @return false if there is no room
     */
    public boolean receive(RingDescriptor from, MemorySegment into, long token) {
        requireWritable(into);
        return transfer(Opcodes.RECV, from, into, 0, 0, token);
    }

    /**
     * Queues a send(2).
     *
     * @param to    a connected socket
     * @param from  what to send: 1 to {@link #MAX_TRANSFER} bytes; not to be changed until the operation has completed
     * @param token given back when it has completed, with the number of bytes, which may be fewer
     * @return false if there is no room
     */
    public boolean send(RingDescriptor to, MemorySegment from, long token) {
        return transfer(Opcodes.SEND, to, from, 0, MSG_NOSIGNAL, token);
    }

    /**
     * Queues a poll(2) for one descriptor, which completes once.
     *
     * @param on     what to wait for
     * @param events for what: {@link #POLLIN}, {@link #POLLOUT} and others of poll(2), together 1 to 65535
     * @param token  given back when it has completed, with the events that have come
     * @return false if there is no room
     */
    public boolean poll(RingDescriptor on, int events, long token) {
        requireOwn(on);
        if (events < 1 || events > ALL_EVENTS) {
            throw new IllegalArgumentException("events is " + events + ", must be 1 to " + ALL_EVENTS);
        }
        return core.queue(Opcodes.POLL_ADD, on, 0, 0, lengthAndFlags(0, events), completion, token);
    }

    /**
     * Queues a wait for a time to pass, which begins when it is submitted.
     *
     * @param time  from 0
     * @param token given back when it has completed: with -62 ({@code ETIME}), as that is how times end
     * @return false if there is no room
     */
    public boolean timeout(Duration time, long token) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time is " + time + ", must be 0 or more");
        }
        return core.queue(
                (slot, slots, auxiliary) -> slots.fill(
                        slot,
                        Opcodes.word(Opcodes.TIMEOUT, -1),
                        0, // to count no completions
                        auxiliary.putTime(slot, time),
                        lengthAndFlags(1, 0)),
                null,
                completion,
                token);
    }

    private boolean transfer(int opcode, RingDescriptor on, MemorySegment buffer, long offset, int flags, long token) {
        requireOwn(on);
        if (buffer.byteSize() < 1 || buffer.byteSize() > MAX_TRANSFER) {
            throw new IllegalArgumentException(
                    "The buffer has " + buffer.byteSize() + " bytes, must have 1 to " + MAX_TRANSFER);
        }
        // The kernel reads and writes it at any time until the completion: only the instance knows how long that is.
        if (!buffer.isNative() || !buffer.scope().equals(buffers.scope())) {
            throw new IllegalArgumentException("The buffer is " + buffer + ", must be from this instance's allocate()");
        }
        long lengthAndFlags = lengthAndFlags((int) buffer.byteSize(), flags);
        return core.queue(opcode, on, offset, buffer.address(), lengthAndFlags, completion, token);
    }

    private void requireOwn(RingDescriptor descriptor) {
        Objects.requireNonNull(descriptor, "descriptor");
        if (descriptor.pid() != pid) {
            throw new IllegalArgumentException("descriptor is " + descriptor + " of process " + descriptor.pid()
                    + ", must be of process " + pid + ", as the instance");
        }
    }

    private static void requireWritable(MemorySegment buffer) {
        if (buffer.isReadOnly()) {
            throw new IllegalArgumentException("The buffer is read-only, must be writable");
        }
    }

    private static long requireOffset(long offset, MemorySegment buffer) {
        if (offset < CURRENT_POSITION || offset > Long.MAX_VALUE - buffer.byteSize()) {
            throw new IllegalArgumentException("offset is " + offset + ", must be -1 for the current position, or 0 to "
                    + (Long.MAX_VALUE - buffer.byteSize()));
        }
        return offset;
    }

    private static long lengthAndFlags(int length, int flags) {
        return (long) flags << Integer.SIZE | length;
    }
}
