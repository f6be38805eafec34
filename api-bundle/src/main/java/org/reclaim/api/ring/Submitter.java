package org.reclaim.api.ring;

import java.lang.foreign.MemorySegment;

/** Brings slots into the submission queue of an instance, and what is there to the kernel. Under its lock. */
final class Submitter {

    /** The lowest bit of the user data, above which is the slot: of a cancellation, not the operation itself. */
    private static final long CANCELLATION = 1;

    /** Of entries that are cancellations. */
    private static final int NO_SLOT = -1;

    private final RingSetup setup;
    private final SubmissionQueue queue;
    private final OperationSlots slots;
    private final MemorySegment errno;

    /** What is in the queue, by index. */
    private final int[] slotsOfEntries;

    Submitter(RingSetup setup, SubmissionQueue queue, OperationSlots slots) {
        this.setup = setup;
        this.queue = queue;
        this.slots = slots;
        errno = setup.arena().allocate(RingCalls.ERRNO);
        slotsOfEntries = new int[slots.count()];
    }

    static int slotOf(long userData) {
        return (int) (userData >>> 1);
    }

    static boolean isCancellation(long userData) {
        return (userData & CANCELLATION) != 0;
    }

    boolean isFull() {
        return queue.isFull();
    }

    /** How many entries the kernel has not taken. */
    int pending() {
        return queue.pending();
    }

    /** Appends an operation to a queue that is not full. */
    void add(int slot) {
        slotsOfEntries[slots.addTo(queue, slot, userData(slot))] = slot;
    }

    /** Makes an operation that the kernel has not seen do nothing, and complete as cancelled. */
    void makeVoid(int slot) {
        slots.makeVoid(queue, slot, userData(slot));
    }

    /** Appends the cancellation of an operation that the kernel has, to a queue that is not full. */
    void addCancellation(int slot) {
        int index = queue.add(
                Opcodes.word(Opcodes.ASYNC_CANCEL, -1), 0, userData(slot), 0, userData(slot) | CANCELLATION);
        slotsOfEntries[index] = NO_SLOT;
        slots.cancelling(slot);
    }

    /** Gives the kernel what is queued; what it can't take now stays queued. Returns how many operations it took. */
    int flush() throws IoUringException {
        int operations = 0;
        while (queue.pending() > 0) {
            int before = queue.pending();
            queue.publish();
            int result = setup.calls().enter(errno, setup.descriptor(), before, 0);
            operations += noteTaken();
            if (result == -ErrorNumbers.EAGAIN || result == -ErrorNumbers.EBUSY) {
                break; // short of memory, or of room for completions
            }
            if (result < 0 && result != -ErrorNumbers.EINTR) {
                throw new IoUringException("io_uring_enter of " + setup.label(), -result);
            }
            if (result >= 0 && queue.pending() == before) {
                throw new IllegalStateException(setup.label() + " has taken nothing, and says " + result);
            }
        }
        return operations;
    }

    /**
     * If the kernel keeps completions that had no room, asks it for them. By the rule of {@link OperationSlots} that
     * does not happen.
     */
    void fetchOverflown() {
        if (queue.areCompletionsOverflown()) {
            setup.calls().enter(errno, setup.descriptor(), 0, RingCalls.ENTER_GETEVENTS);
        }
    }

    private int noteTaken() {
        int operations = 0;
        for (int index = queue.nextTaken(); index >= 0; index = queue.nextTaken()) {
            int slot = slotsOfEntries[index];
            if (slot != NO_SLOT) {
                slots.taken(slot);
                operations++;
            }
        }
        return operations;
    }

    private static long userData(int slot) {
        return (long) slot << 1;
    }
}
