package org.reclaim.api.ring;

import java.util.Arrays;

/**
 * What is known of each operation between being queued and being told: a slot, whose number is its user data in the
 * kernel. Used by one thread at a time, under the lock of the instance.
 *
 * <p>A slot has room for one operation and one cancellation of it, which is why a completion queue that is twice as
 * long as there are slots never overflows. It is free again when both have completed: so no cancellation hits another
 * operation that got the same number.
 *
 * <pre>
 * FREE -> QUEUED -> SUBMITTED -> FREE
 *           ^           |  └---> COMPLETED -> FREE   if its cancellation has not completed yet
 *           └-----------┘                            if it lost the thread that had submitted it
 * </pre>
 */
final class OperationSlots {

    /** Nothing. */
    static final byte FREE = 0;
    /** In the submission queue, where the kernel has not seen it. */
    static final byte QUEUED = 1;
    /** The kernel has it. */
    static final byte SUBMITTED = 2;
    /** Told already. */
    static final byte COMPLETED = 3;

    private static final int WORDS = 4;

    private final byte[] states;
    private final boolean[] cancelling;
    private final boolean[] cancelled;
    private final boolean[] voided;
    private final boolean[] using;
    private final long[] words;
    private final int[] indexes;
    private final long[] tokens;
    private final Completion[] completions;
    private final RingDescriptor[] descriptors;
    private final int[] free;
    private int freeCount;

    OperationSlots(int count) {
        states = new byte[count];
        cancelling = new boolean[count];
        cancelled = new boolean[count];
        voided = new boolean[count];
        using = new boolean[count];
        words = new long[count * WORDS];
        indexes = new int[count];
        tokens = new long[count];
        completions = new Completion[count];
        descriptors = new RingDescriptor[count];
        free = new int[count];
        // The lowest numbers are used most.
        Arrays.setAll(free, i -> count - 1 - i);
        freeCount = count;
    }

    int count() {
        return states.length;
    }

    int used() {
        return states.length - freeCount;
    }

    /** A free one, which is to be filled, queued, and then taken; there is one. */
    int next() {
        return free[freeCount - 1];
    }

    /** Takes the {@link #next} one. */
    void takeNext() {
        freeCount--;
    }

    /** What goes to the kernel. */
    void fill(int slot, long operationAndDescriptor, long offset, long address, long lengthAndFlags) {
        int at = slot * WORDS;
        words[at] = operationAndDescriptor;
        words[at + 1] = offset;
        words[at + 2] = address;
        words[at + 3] = lengthAndFlags;
    }

    /** What comes back; {@code descriptor}, which is in use, and {@code completion} may be null. */
    void fill(int slot, RingDescriptor descriptor, Completion completion, long token) {
        descriptors[slot] = descriptor;
        using[slot] = descriptor != null;
        completions[slot] = completion;
        tokens[slot] = token;
    }

    /** Appends it to a queue that is not full; returns its index there. */
    int addTo(SubmissionQueue submissions, int slot, long userData) {
        int at = slot * WORDS;
        int index = submissions.add(words[at], words[at + 1], words[at + 2], words[at + 3], userData);
        states[slot] = QUEUED;
        indexes[slot] = index;
        return index;
    }

    /**
     * The kernel has taken it. From then on it holds the open file, and the number may be closed; except for an fsync,
     * which a thread of the kernel's does, that looks the file up later. (A close right behind the submission made half
     * of them fail with {@code EBADF} on Linux 6.18. Had the number been used again, it would have hit another file.)
     */
    void taken(int slot) {
        states[slot] = SUBMITTED;
        if (opcode(slot) != Opcodes.FSYNC) {
            endUse(slot);
        }
    }

    /** Before the kernel has seen it: it will do nothing. */
    void makeVoid(SubmissionQueue submissions, int slot, long userData) {
        submissions.makeVoid(indexes[slot], userData);
        endUse(slot);
        voided[slot] = true;
        cancelled[slot] = true;
    }

    private void endUse(int slot) {
        if (using[slot]) {
            using[slot] = false;
            descriptors[slot].endUse();
        }
    }

    /** A cancellation of it was queued. */
    void cancelling(int slot) {
        cancelled[slot] = true;
        cancelling[slot] = true;
    }

    /** The cancellation of it has completed. */
    void cancellationCompleted(int slot) {
        cancelling[slot] = false;
        if (states[slot] == COMPLETED) {
            release(slot);
        }
    }

    /** Whether the kernel has it, to do something, and no cancellation of it is on its way. */
    boolean canBeCancelled(int slot) {
        return states[slot] == SUBMITTED && !voided[slot] && !cancelling[slot];
    }

    /** Whether the kernel has not seen it, and it is not void. */
    boolean canBeVoided(int slot) {
        return states[slot] == QUEUED && !cancelled[slot];
    }

    boolean isCancelled(int slot) {
        return cancelled[slot];
    }

    boolean areAllTaken() {
        return freeCount == 0;
    }

    byte state(int slot) {
        return states[slot];
    }

    long token(int slot) {
        return tokens[slot];
    }

    /** Hands its completion on. */
    void complete(int slot, int result, CompletionBatch to) {
        to.add(completions[slot], tokens[slot], voided[slot] ? -ErrorNumbers.ECANCELED : result);
        endUse(slot);
        completions[slot] = null;
        descriptors[slot] = null;
        states[slot] = COMPLETED;
        if (!cancelling[slot]) {
            release(slot);
        }
    }

    /** Whether it can go to the kernel again: its number still means the same file, which then stays so. */
    boolean tryUseAgain(int slot) {
        if (!using[slot]) {
            using[slot] = descriptors[slot] != null && descriptors[slot].tryUse();
        }
        return using[slot];
    }

    /** Whether the result is a new descriptor: not the 0 of one that was made void. */
    boolean hasAccepted(int slot, int result) {
        return result >= 0 && opcode(slot) == Opcodes.ACCEPT && !voided[slot];
    }

    private int opcode(int slot) {
        return (int) words[slot * WORDS] & 0xff;
    }

    /** What it does, and on what. */
    String text(int slot) {
        return Opcodes.name(opcode(slot)) + (descriptors[slot] == null ? "" : " of " + descriptors[slot]);
    }

    private void release(int slot) {
        states[slot] = FREE;
        cancelled[slot] = false;
        voided[slot] = false;
        free[freeCount++] = slot;
    }
}
