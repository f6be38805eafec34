package org.reclaim.api.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * The side of a zero-copy ring that reads. For one thread at a time, see {@link ZeroCopyRing}. No call allocates
 * memory, except for exceptions.
 */
public final class RingConsumer extends ZeroCopyRing {

    // The own positions: what has been read, and how far the producer was when it was last looked at.
    // position <= seenTail <= position + capacity, both multiples of 8.
    private static final int POSITION = PADDING;
    private static final int SEEN_TAIL = PADDING + 1;

    /** When it has read all of several messages: by {@link System#nanoTime}; 0 if it has not. Beside the positions. */
    private static final int CAUGHT_UP = PADDING + 2;

    /** How soon it looks for more then. */
    private static final long HEAD_START_NANOS = 1_000;

    private final MemorySegment readable;

    /**
     * For the resource type only.
     *
     * @param name       the name of the ring
     * @param kernelName that of its shared memory
     * @param owner      whether the name goes with this side
     * @param memory     a mapping of all of it, whose header is valid, and in which this side is taken
     * @param arena      what unmaps it
     */
    public RingConsumer(String name, String kernelName, boolean owner, MemorySegment memory, Arena arena) {
        super(name, kernelName, owner, RingSide.CONSUMER, memory, arena);
        readable = data.asReadOnly();
    }

    /**
     * Reads messages in place, without waiting for one: all that were committed when it began, and perhaps some that
     * came since, up to the limit. Their space is given back to the producer at the end, at once.
     *
     * <p>Who has read several, and all there were, follows a producer that writes them one after the other. If he
     * looked for the next one at once, both would wait for the line of cache that tells of it, each time, for longer
     * than all else takes: so the next call looks a microsecond after this one has read the last, not earlier, and
     * spins until then.
     *
     * @param handler called for each message, on this thread. If it throws, that ends the call; the message counts as
     *                read
     * @param limit   how many messages at most, from 1
     * @return how many were read; 0 if there is none
     * @throws RingClosedException      if this side has ended, or the other one, and all that it wrote has been read
     * @throws RingCorruptedException   if the producer wrote what is no message; those before it have been read
     * @throws IllegalArgumentException if {@code limit} is out of range
     */
    public int poll(MessageHandler handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ", must be 1 or more");
        }
        try {
            return isReady() ? read(handler, limit) : 0;
        } catch (IllegalStateException e) {
            throw explained(e);
        }
    }

    private int read(MessageHandler handler, int limit) {
        int count = 0;
        boolean isLast = false;
        try {
            long position = own[POSITION];
            long tail = own[SEEN_TAIL];
            while (count < limit) {
                if (position == tail) {
                    // What it knew of is read. There may be more; but not for ever, as the space of all is given back
                    // only at the end.
                    if (isLast || !lookAtTail()) {
                        break;
                    }
                    isLast = true;
                    tail = own[SEEN_TAIL];
                }
                long index = position & mask;
                long untilEnd = capacity - index;
                // Plain reads: isReady() has acquired them. Once only, as a peer that is broken might change it between
                // being checked and being used.
                long length = (long) RingLayout.LONG.get(readable, index);
                if (length == RingLayout.PADDING) {
                    position = checkedEnd(position, untilEnd, tail, length);
                    own[POSITION] = position;
                } else {
                    if (length < 0 || length > maxMessageLength || length > untilEnd - RingLayout.RECORD_HEADER_SIZE) {
                        throw corrupted(length, position);
                    }
                    position = checkedEnd(position, RingLayout.recordSize(length), tail, length);
                    own[POSITION] = position;
                    count++;
                    handler.onMessage(readable, index + RingLayout.RECORD_HEADER_SIZE, (int) length);
                }
            }
        } catch (Throwable t) {
            try {
                giveBack();
            } catch (IllegalStateException unmapped) {
                t.addSuppressed(unmapped);
            }
            throw t;
        }
        giveBack();
        if (count > 1 && own[POSITION] == own[SEEN_TAIL]) {
            own[CAUGHT_UP] = System.nanoTime();
        }
        return count;
    }

    private long checkedEnd(long position, long size, long tail, long length) {
        if (size > tail - position) {
            throw corrupted(length, position);
        }
        return position + size;
    }

    private void giveBack() {
        // Release: pairs with the acquire in RingProducer.lookAtHead(). All reads of the messages come before it; with
        // a plain write the producer could write over what is still being read.
        RingLayout.LONG.setRelease(memory, RingLayout.HEAD, own[POSITION]);
    }

    /** Whether there is something to read; throws if there will never be. */
    private boolean isReady() {
        if (own[POSITION] != own[SEEN_TAIL]) {
            return true;
        }
        letProducerGoAhead();
        if (lookAtTail()) {
            return true;
        }
        // Whoever has left has not written since: looking at the tail again sees the last of it.
        if (hasPeerLeft() && !lookAtTail()) {
            throw peerEnded();
        }
        return own[POSITION] != own[SEEN_TAIL];
    }

    private void letProducerGoAhead() {
        long since = own[CAUGHT_UP];
        if (since != 0) {
            own[CAUGHT_UP] = 0;
            while (System.nanoTime() - since < HEAD_START_NANOS) {
                Thread.onSpinWait();
            }
        }
    }

    private boolean lookAtTail() {
        // Acquire: pairs with the release in RingProducer.commit(). The records before this tail are complete.
        long tail = (long) RingLayout.LONG.getAcquire(memory, RingLayout.TAIL);
        long position = own[POSITION];
        long available = tail - position;
        if (available < 0 || available > capacity || available % RingLayout.RECORD_HEADER_SIZE != 0) {
            throw corrupted("tail is " + tail + ", must be a multiple of 8 from " + position + " to "
                    + (position + capacity));
        }
        own[SEEN_TAIL] = tail;
        return available > 0;
    }

    /**
     * Waits until there is a message. It waits by spinning for some microseconds, then by parking for up to a
     * millisecond at a time. Ten times a second it also looks whether the producer's process of the operating system is
     * still there: one that was killed counts as ended.
     *
     * @param timeout how long at most, not negative
     * @return false if the time is over
     * @throws InterruptedException     if the thread is interrupted while it waits
     * @throws RingClosedException      if this side has ended or ends meanwhile, or the other one, and all that it
     *                                  wrote has been read
     * @throws RingCorruptedException   if the producer says that it has written what can't be
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public boolean await(Duration timeout) throws InterruptedException {
        RingWait.requireValid(timeout);
        waiting().begin(timeout);
        try {
            boolean ready;
            do {
                ready = isReady();
            } while (!ready && waiting().pause());
            return ready;
        } catch (IllegalStateException e) {
            throw explained(e);
        } finally {
            waiting().end();
        }
    }

    private RingCorruptedException corrupted(long length, long position) {
        return corrupted("a length of " + length + " at position " + position + ", must be " + RingLayout.PADDING
                + " or 0 to " + maxMessageLength + ", and end neither beyond the tail nor beyond the data");
    }
}
