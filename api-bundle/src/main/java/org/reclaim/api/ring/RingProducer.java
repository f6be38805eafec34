package org.reclaim.api.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Objects;

/**
 * The side of a zero-copy ring that writes. For one thread at a time, see {@link ZeroCopyRing}.
 *
 * <p>A message is claimed, written in place, and committed:
 *
 * <pre>{@code
 * long offset = producer.tryClaim(Long.BYTES);
 * if (offset >= 0) {
 *     producer.segment().set(ValueLayout.JAVA_LONG, offset, value);
 *     producer.commit();
 * }
 * }</pre>
 *
 * <p>A batch is the same with several claims before the commit: it costs one store for all of them, and the consumer
 * sees all or none. That is why {@link #commit()} takes no offset: messages become visible in the order in which they
 * were claimed, and a commit of one in the middle could only mean all before it.
 *
 * <p>No call allocates memory, except for exceptions.
 */
public final class RingProducer extends ZeroCopyRing {

    /** What a claim returns instead of an offset: the consumer has not read enough yet. */
    public static final long INSUFFICIENT_SPACE = -1;

    // The own positions: where the next record goes, what of it has been committed, and how far the consumer was when
    // it was last looked at. committed <= claimed <= seenHead + capacity, seenHead <= committed.
    private static final int CLAIMED = PADDING;
    private static final int COMMITTED = PADDING + 1;
    private static final int SEEN_HEAD = PADDING + 2;

    /**
     * For the resource type only.
     *
     * @param name       the name of the ring
     * @param kernelName that of its shared memory
     * @param owner      whether the name goes with this side
     * @param memory     a mapping of all of it, whose header is valid, and in which this side is taken
     * @param arena      what unmaps it
     */
    public RingProducer(String name, String kernelName, boolean owner, MemorySegment memory, Arena arena) {
        super(name, kernelName, owner, RingSide.PRODUCER, memory, arena);
    }

    /**
     * Where messages are written: all of the data of the ring. What was not claimed is the consumer's, and reading it
     * says nothing.
     *
     * @return {@link #capacity()} bytes; every access throws {@link IllegalStateException} once this side has ended
     */
    public MemorySegment segment() {
        return data;
    }

    /**
     * Claims space for a message, without waiting. Its content is what was there before, until it is written.
     *
     * @param length of the message, in bytes, from 0 to {@link #maxMessageLength()}
     * @return where it begins in {@link #segment()}, a multiple of 8; or {@link #INSUFFICIENT_SPACE}
     * @throws RingClosedException      if a side has ended; what is claimed can be committed no more
     * @throws RingCorruptedException   if the consumer says that it has read what was not written
     * @throws IllegalArgumentException if {@code length} is out of range
     */
    public long tryClaim(int length) {
        if (length < 0 || length > maxMessageLength) {
            throw new IllegalArgumentException("length is " + length + ", must be 0 to " + maxMessageLength);
        }
        try {
            if (hasPeerLeft()) {
                throw peerEnded();
            }
            long start = own[CLAIMED];
            long index = start & mask;
            long untilEnd = capacity - index;
            long record = RingLayout.recordSize(length);
            long next = start + (record <= untilEnd ? record : untilEnd + record);
            if (next - own[SEEN_HEAD] > capacity && next - lookAtHead() > capacity) {
                return INSUFFICIENT_SPACE;
            }
            // Plain writes: commit() publishes them.
            if (record > untilEnd) {
                RingLayout.LONG.set(data, index, RingLayout.PADDING);
                index = 0;
            }
            RingLayout.LONG.set(data, index, (long) length);
            own[CLAIMED] = next;
            return index + RingLayout.RECORD_HEADER_SIZE;
        } catch (IllegalStateException e) {
            throw explained(e);
        }
    }

    private long lookAtHead() {
        // Acquire: pairs with the release in RingConsumer.poll(). What the consumer did with the space before this head
        // is over; with a plain read, the message written next could show up in what it is still reading.
        long head = (long) RingLayout.LONG.getAcquire(memory, RingLayout.HEAD);
        if (head < own[SEEN_HEAD] || head > own[COMMITTED]) {
            throw corrupted("head is " + head + ", must be " + own[SEEN_HEAD] + " to " + own[COMMITTED]);
        }
        own[SEEN_HEAD] = head;
        return head;
    }

    /**
     * Claims space for a message; if there is none, waits until the consumer has read enough. It waits by spinning for
     * some microseconds, then by parking for up to a millisecond at a time. Ten times a second it also looks whether
     * the consumer's process of the operating system is still there: one that was killed counts as ended.
     *
     * @param length  of the message, in bytes, from 0 to {@link #maxMessageLength()}
     * @param timeout how long to wait at most, not negative
     * @return where it begins in {@link #segment()}, a multiple of 8; or {@link #INSUFFICIENT_SPACE} if the time is
     *     over
     * @throws InterruptedException     if the thread is interrupted while it waits
     * @throws RingClosedException      if a side has ended, or ends meanwhile
     * @throws RingCorruptedException   if the consumer says that it has read what was not written
     * @throws IllegalStateException    if there is no space because of claims that are not committed: nothing that the
     *                                  consumer does could help
     * @throws IllegalArgumentException if {@code length} or {@code timeout} is out of range
     */
    public long claim(int length, Duration timeout) throws InterruptedException {
        RingWait.requireValid(timeout);
        long offset = tryClaim(length);
        if (offset >= 0) {
            return offset;
        }
        requireAttainable(length);
        waiting().begin(timeout);
        try {
            while (offset < 0 && waiting().pause()) {
                offset = tryClaim(length);
            }
            return offset;
        } finally {
            waiting().end();
        }
    }

    private void requireAttainable(int length) {
        long uncommitted = own[CLAIMED] - own[COMMITTED];
        long untilEnd = capacity - (own[CLAIMED] & mask);
        long record = RingLayout.recordSize(length);
        long needed = record <= untilEnd ? record : untilEnd + record;
        if (uncommitted + needed > capacity) {
            throw new IllegalStateException("ring '" + name() + "': " + uncommitted + " of " + capacity
                    + " bytes are claimed and not committed, so a message of " + length + " bytes can't fit");
        }
    }

    /**
     * Lets the consumer see all messages claimed so far, in the order of their claims. Does nothing if there are none.
     *
     * @throws RingClosedException if this side has ended
     */
    public void commit() {
        long claimed = own[CLAIMED];
        own[COMMITTED] = claimed;
        try {
            // Release: pairs with the acquire in RingConsumer. Who sees this tail also sees the records before it.
            RingLayout.LONG.setRelease(memory, RingLayout.TAIL, claimed);
        } catch (IllegalStateException e) {
            throw explained(e);
        }
    }

    /** Gives back all that was claimed and not committed. The consumer never sees it. */
    public void abort() {
        own[CLAIMED] = own[COMMITTED];
    }

    /**
     * Copies a message into the ring and commits it, with all that was claimed before, without waiting.
     *
     * @param source where it comes from
     * @param offset where it begins there, in bytes
     * @param length its length, in bytes, from 0 to {@link #maxMessageLength()}
     * @return false if there is not enough space: then nothing was done
     * @throws RingClosedException       if a side has ended
     * @throws RingCorruptedException    if the consumer says that it has read what was not written
     * @throws IllegalArgumentException  if {@code length} is out of range
     * @throws IndexOutOfBoundsException if {@code source} has no such bytes
     */
    public boolean offer(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        long before = own[CLAIMED];
        long at = tryClaim(length);
        if (at < 0) {
            return false;
        }
        boolean copied = false;
        try {
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, data, ValueLayout.JAVA_BYTE, at, length);
            copied = true;
        } catch (IllegalStateException e) {
            throw explained(e);
        } finally {
            if (!copied) {
                own[CLAIMED] = before;
            }
        }
        commit();
        return true;
    }
}
