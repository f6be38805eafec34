package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Our side of a completion queue, io_uring(7). Used by one thread at a time, under the lock of the instance. The kernel
 * writes entries, then the tail; we read the tail, then entries, then write the head.
 */
final class CompletionQueue {

    private static final VarHandle INT = JAVA_INT.varHandle();

    private final MemorySegment queues;
    private final long headOffset;
    private final long tailOffset;
    private final long entriesOffset;
    private final int mask;

    /** Up to where we have taken entries; published by {@link #publish}. */
    private int head;

    /** Up to where the kernel has written entries, as far as we have looked. */
    private int tail;

    CompletionQueue(MemorySegment queues, RingGeometry geometry) {
        this.queues = queues;
        headOffset = geometry.completionHead();
        tailOffset = geometry.completionTail();
        entriesOffset = geometry.completions();
        mask = geometry.completionEntries() - 1;
        head = (int) INT.getAcquire(queues, headOffset);
        tail = head;
    }

    /** Moves to the next completion: false if there is none. */
    boolean isEmpty() {
        if (head == tail) {
            // Acquire: pairs with the kernel's release of the tail. Who sees it sees the entries before it, and what
            // the operations have written into their buffers.
            tail = (int) INT.getAcquire(queues, tailOffset);
        }
        return head == tail;
    }

    /** The user data of the first completion; there is one. */
    long userData() {
        return queues.get(JAVA_LONG, place());
    }

    /** The result of the first completion; there is one. */
    int result() {
        return queues.get(JAVA_INT, place() + Long.BYTES);
    }

    /** Takes the first completion away; there is one. */
    void remove() {
        head++;
    }

    /** After some were removed. */
    void publish() {
        // Release: pairs with the kernel's acquire of the head. It must not write there before we have read it.
        INT.setRelease(queues, headOffset, head);
    }

    private long place() {
        return entriesOffset + (long) (head & mask) * RingGeometry.COMPLETION_BYTES;
    }
}
