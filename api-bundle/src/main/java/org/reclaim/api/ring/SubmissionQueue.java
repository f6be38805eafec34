package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Our side of a submission queue, io_uring(7). Used by one thread at a time, under the lock of the instance.
 *
 * <p>We write entries, then the tail; the kernel reads the tail, then entries, then writes the head. It does so only
 * within io_uring_enter(2), as there is no thread of the kernel that polls (SQPOLL): so what lies between head and tail
 * is ours to change until then, the tail need not be published earlier, and no wake-up flag is to be looked at.
 */
final class SubmissionQueue {

    /** {@code IORING_SQ_CQ_OVERFLOW}. */
    private static final int COMPLETIONS_OVERFLOWN = 2;

    private static final int WORDS = RingGeometry.SUBMISSION_BYTES / Long.BYTES;
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final MemorySegment queues;
    private final MemorySegment entries;
    private final long headOffset;
    private final long tailOffset;
    private final long flagsOffset;
    private final int mask;

    /** Up to where the kernel has taken entries, as far as we have looked. */
    private int head;

    /** Up to where we have written entries; published by {@link #publish}. */
    private int tail;

    SubmissionQueue(MemorySegment queues, MemorySegment entries, RingGeometry geometry) {
        this.queues = queues;
        this.entries = entries;
        headOffset = geometry.submissionHead();
        tailOffset = geometry.submissionTail();
        flagsOffset = geometry.submissionFlags();
        mask = geometry.submissionEntries() - 1;
        // The kernel goes through this array to find an entry. Each index stands at its own place, for good.
        for (int i = 0; i <= mask; i++) {
            queues.set(JAVA_INT, geometry.submissionArray() + (long) i * Integer.BYTES, i);
        }
        head = (int) INT.getAcquire(queues, headOffset);
        tail = head;
    }

    /** How many entries the kernel has not taken. */
    int pending() {
        return tail - head;
    }

    boolean isFull() {
        return pending() > mask;
    }

    /** Appends an entry; the queue is not full. Returns its index. */
    int add(long operationAndDescriptor, long offset, long address, long lengthAndFlags, long userData) {
        int index = tail & mask;
        long at = (long) index * RingGeometry.SUBMISSION_BYTES;
        entries.set(JAVA_LONG, at, operationAndDescriptor);
        entries.set(JAVA_LONG, at + 8, offset);
        entries.set(JAVA_LONG, at + 16, address);
        entries.set(JAVA_LONG, at + 24, lengthAndFlags);
        entries.set(JAVA_LONG, at + 32, userData);
        entries.set(JAVA_LONG, at + 40, 0); // buf_index 0, personality, splice_fd_in
        entries.set(JAVA_LONG, at + 48, 0);
        entries.set(JAVA_LONG, at + 56, 0);
        tail++;
        return index;
    }

    /** Makes an entry that the kernel has not taken do nothing, {@code IORING_OP_NOP}, and complete all the same. */
    void makeVoid(int index, long userData) {
        long at = (long) index * RingGeometry.SUBMISSION_BYTES;
        for (int i = 0; i < WORDS; i++) {
            entries.set(JAVA_LONG, at + (long) i * Long.BYTES, 0);
        }
        entries.set(JAVA_LONG, at + 32, userData);
    }

    /** Before each io_uring_enter(2). */
    void publish() {
        // Release: pairs with the kernel's acquire of the tail. Who sees it there sees the entries before it, too.
        INT.setRelease(queues, tailOffset, tail);
    }

    /** After each io_uring_enter(2): the index of the next entry that the kernel has taken, or -1 if that is all. */
    int nextTaken() {
        // Acquire: pairs with the kernel's release of the head. What it has taken it has also read: we may write there.
        if (head == (int) INT.getAcquire(queues, headOffset)) {
            return -1;
        }
        return head++ & mask;
    }

    /** Whether the kernel keeps completions that had no room in the completion queue: it waits for being entered. */
    boolean areCompletionsOverflown() {
        // The kernel sets it after it has taken the completion aside: no order with other accesses is needed.
        return ((int) INT.getOpaque(queues, flagsOffset) & COMPLETIONS_OVERFLOWN) != 0;
    }
}
