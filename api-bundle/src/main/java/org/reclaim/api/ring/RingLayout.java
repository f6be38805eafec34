package org.reclaim.api.ring;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * How a zero-copy ring lies in its shared memory, version 1: what a program in any language needs to take part in one.
 *
 * <p>The memory is a POSIX shared memory object of {@value #HEADER_SIZE} bytes of header and, behind them, {@code
 * capacity} bytes of data. Numbers have the byte order of the machine, are aligned to their size, and are read and
 * written in one piece. A position counts bytes of data from the beginning of the ring's life and never wraps; it is at
 * {@code position % capacity} of the data. The header:
 *
 * <pre>
 * offset  bytes  content
 *      0      8  {@link #MAGIC}; written last by who creates the ring
 *      8      4  {@link #VERSION}
 *     16      8  capacity: a power of two from {@link #MIN_CAPACITY} to {@link #MAX_CAPACITY}
 *    128      8  tail: the position up to which messages are there to be read; written by the producer alone
 *    256      8  head: the position up to which messages have been read; written by the consumer alone
 *    384      4  state of the producer: {@link #FREE}, {@link #TAKEN} or {@link #LEFT}
 *    388      4  its pid in the operating system; 0 if it does not want to be looked for
 *    392      4  state of the consumer
 *    396      4  its pid in the operating system, or 0
 *    400      8  where the pid of the producer means something: the inode of its /proc/self/ns/pid; 0 if it can't tell
 *    408      8  the same of the consumer
 * </pre>
 *
 * <p>All else is 0. Tail, head and states lie 128 bytes apart, two lines of cache: who polls one is not disturbed by
 * who writes another, nor by the processor that fetches lines in pairs.
 *
 * <p>A record begins at a position that is a multiple of 8, with its length, 8 bytes; behind it are as many bytes of
 * message, from 0 to a quarter of the capacity; the next record begins at the next multiple of 8. A record does not go
 * beyond the end of the data: where it would not fit, the length is {@link #PADDING}, and the next record is at the
 * beginning of the data.
 *
 * <p>Taking part:
 * <ol>
 *   <li>Map all of the memory, readable and writable. Check magic, version, and that the size is that of the header and
 *       the capacity.
 *   <li>Take a side: compare its state with FREE and set it to TAKEN, atomically; write the inode of the pid namespace,
 *       then the pid with release semantics. A side is taken once: who has left does not come back, so that nobody has
 *       to guess what of his work was done.
 *   <li>The producer writes records between tail and {@code head + capacity}, then the new tail with release semantics.
 *       It reads the head with acquire semantics: then the consumer is done with what lies before it.
 *   <li>The consumer reads the tail with acquire semantics: then all records before it are complete. It writes the new
 *       head with release semantics when it is done with them.
 *   <li>Leave: write LEFT to the state, with release semantics, after the last tail or head. A consumer that reads LEFT
 *       with acquire semantics reads the tail once more: what was written before is still to be read.
 *   <li>A side that waits for one whose process of the operating system is gone may write LEFT in its place. It can
 *       tell that only if both have the same pid namespace, pid_namespaces(7): in another one, as containers have, the
 *       same number is somebody else. There, and where one of both can't tell its namespace, a side that was killed is
 *       waited for as if it lived.
 * </ol>
 */
public final class RingLayout {

    /** How a ring begins: "RECLRING" as bytes in memory on a little-endian machine. */
    public static final long MAGIC = 0x474E49524C434552L;

    /** The version of this layout. */
    public static final int VERSION = 1;

    /** The size of the header, in bytes: a page, so that the data begins at one. */
    public static final long HEADER_SIZE = 4096;

    /** The smallest capacity, in bytes. */
    public static final long MIN_CAPACITY = 4L << 10;

    /** The largest capacity, in bytes. */
    public static final long MAX_CAPACITY = 1L << 30;

    /** Offset of the magic number. */
    public static final long MAGIC_OFFSET = 0;

    /** Offset of the version. */
    public static final long VERSION_OFFSET = 8;

    /** Offset of the capacity. */
    public static final long CAPACITY_OFFSET = 16;

    /** Offset of the tail. */
    public static final long TAIL = 128;

    /** Offset of the head. */
    public static final long HEAD = 256;

    /** Offset of the state of the producer. */
    public static final long PRODUCER_STATE = 384;

    /** Offset of the pid of the producer. */
    public static final long PRODUCER_PID = 388;

    /** Offset of the state of the consumer. */
    public static final long CONSUMER_STATE = 392;

    /** Offset of the pid of the consumer. */
    public static final long CONSUMER_PID = 396;

    /** Offset of the pid namespace of the producer. */
    public static final long PRODUCER_NAMESPACE = 400;

    /** Offset of the pid namespace of the consumer. */
    public static final long CONSUMER_NAMESPACE = 408;

    /** State of a side that nobody has taken yet. */
    public static final int FREE = 0;

    /** State of a side that somebody has. */
    public static final int TAKEN = 1;

    /** State of a side whose holder is gone, for good. */
    public static final int LEFT = 2;

    /** The size of what stands before each message, and what records are aligned to, in bytes. */
    public static final long RECORD_HEADER_SIZE = 8;

    /** Length of a record that only fills the data up to its end. */
    public static final long PADDING = -1;

    /** Positions and lengths, in memory. */
    static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    /** States and pids, in memory. */
    static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private RingLayout() {}

    /**
     * The longest message that a ring takes. Its record, with the padding before it, fits into half of an empty ring
     * wherever that stands: so every message fits at some time.
     *
     * @param capacity of the ring, in bytes
     * @return in bytes
     */
    public static int maxMessageLength(long capacity) {
        return (int) (capacity / 4);
    }

    /** The size of the record of a message: its header, and up to where the next record begins. */
    static long recordSize(long length) {
        return (RECORD_HEADER_SIZE + length + RECORD_HEADER_SIZE - 1) & -RECORD_HEADER_SIZE;
    }
}
