package org.reclaim.api.ring;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The queues of one instance and what is under way in them, under one lock. No foreign code runs under it, and the
 * kernel is never asked to wait. Submitting may take long, if a batch of many large reads finds all its data in memory;
 * others wait meanwhile.
 *
 * <p>Operations are tied to the thread that submitted them: when it ends, the kernel cancels them (io_uring keeps them
 * per thread, and has nowhere to do the rest of their work). Threads come and go, those that carry virtual threads
 * without anybody's doing. So what ends as cancelled though nobody has cancelled it is submitted again, by the thread
 * that finds it.
 */
final class RingCore {

    private static final int MAX_TEXTS = 5;

    private final RingSetup setup;
    private final CompletionQueue completions;
    private final OperationSlots slots;
    private final Submitter submitter;
    private final AuxiliaryMemory auxiliary;
    private final AcceptedConnections accepted;
    private final ReentrantLock lock = new ReentrantLock();

    /** Taken from the kernel by {@link #drain}, and not told. Guarded by the lock. */
    private final CompletionBatch left;

    /** No operation is queued any more. Guarded by the lock. */
    private boolean ending;

    /** The kernel's memory is not touched any more. Guarded by the lock. */
    private boolean ended;

    /** Whether some that lost their thread are queued, and not with the kernel again. Written under the lock. */
    private volatile boolean stranded;

    RingCore(RingSetup setup) {
        this.setup = setup;
        completions = new CompletionQueue(setup.queues(), setup.geometry());
        int count = setup.geometry().submissionEntries();
        slots = new OperationSlots(count);
        var submissions = new SubmissionQueue(setup.queues(), setup.entries(), setup.geometry());
        submitter = new Submitter(setup, submissions, slots);
        auxiliary = new AuxiliaryMemory(setup.arena(), count);
        accepted = new AcceptedConnections(setup);
        left = new CompletionBatch(count);
    }

    /** Takes a place for an operation; false if all are taken. {@code completion} may be null. */
    boolean queue(
            int opcode,
            RingDescriptor on,
            long offset,
            long address,
            long lengthAndFlags,
            Completion completion,
            long token) {
        lock.lock();
        try {
            if (!tryUse(on)) {
                return false;
            }
            slots.fill(slots.next(), Opcodes.word(opcode, on.number()), offset, address, lengthAndFlags);
            add(on, completion, token);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The same for what needs more memory than its entry, or no descriptor: {@code on} may be null. */
    boolean queue(Entry entry, RingDescriptor on, Completion completion, long token) {
        lock.lock();
        try {
            if (!tryUse(on)) {
                return false;
            }
            boolean filled = false;
            try {
                entry.fill(slots.next(), slots, auxiliary);
                filled = true;
            } finally {
                if (!filled && on != null) {
                    on.endUse();
                }
            }
            add(on, completion, token);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Last, when nothing can fail any more: a slot that was taken and not queued would never be free again. */
    private void add(RingDescriptor on, Completion completion, long token) {
        int slot = slots.next();
        slots.fill(slot, on, completion, token);
        submitter.add(slot);
        slots.takeNext();
    }

    /** Words an operation. */
    interface Entry {
        void fill(int slot, OperationSlots slots, AuxiliaryMemory auxiliary);
    }

    /** Gives the kernel what is queued; what it can't take now stays queued. */
    int submit() throws IoUringException {
        lock.lock();
        try {
            requireNotEnding();
            return submitter.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Takes completions; false if there are none, and never will be. */
    boolean take(CompletionBatch into, int limit) throws IoUringException {
        lock.lock();
        try {
            left.moveTo(into, limit);
            if (!ended) {
                reap(into, limit);
            }
            return into.size() > 0 || !ending || slots.used() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the end of all operations with a token; says of how many. */
    int cancel(long token) throws IoUringException {
        lock.lock();
        try {
            requireNotEnding();
            return cancel(slot -> slots.token(slot) == token);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses operations from now on, and asks for the end of all that are under way. */
    void end() throws IoUringException {
        lock.lock();
        try {
            ending = true;
            if (!ended) {
                cancel(slot -> true);
            }
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #end}: takes what has completed, for who still asks for it. True if nothing is under way. */
    boolean drain() throws IoUringException {
        lock.lock();
        try {
            if (!ended) {
                reap(left, slots.count());
                ended = slots.used() == 0;
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the kernel could not take again what it had ended with its thread: then waiting is not enough. */
    boolean isAnyStranded() {
        return stranded;
    }

    AcceptedConnections accepted() {
        return accepted;
    }

    int inFlight() {
        lock.lock();
        try {
            return slots.used();
        } finally {
            lock.unlock();
        }
    }

    /** Some of what the kernel has, for people. */
    String inFlightText() {
        lock.lock();
        try {
            var texts = IntStream.range(0, slots.count())
                    .filter(slot -> slots.state(slot) == OperationSlots.SUBMITTED)
                    .limit(MAX_TEXTS)
                    .mapToObj(slots::text)
                    .toList();
            return slots.used() + " operations, among them " + String.join("; ", texts);
        } finally {
            lock.unlock();
        }
    }

    private void requireNotEnding() {
        if (ending) {
            throw new IoUringClosedException(setup.label());
        }
    }

    /** False if there is no place; else nobody closes the descriptor any more, unless it is null. */
    private boolean tryUse(RingDescriptor on) {
        requireNotEnding();
        if (slots.areAllTaken() || submitter.isFull()) {
            return false;
        }
        if (on != null && !on.tryUse()) {
            throw new IllegalArgumentException("descriptor is " + on + ", which is closed");
        }
        return true;
    }

    private void reap(CompletionBatch into, int limit) throws IoUringException {
        boolean some = false;
        while (!completions.isEmpty()) {
            long userData = completions.userData();
            if (Submitter.isCancellation(userData)) {
                slots.cancellationCompleted(Submitter.slotOf(userData));
            } else if (into.size() < limit && !into.isFull()) {
                complete(Submitter.slotOf(userData), completions.result(), into);
            } else {
                break;
            }
            completions.remove();
            some = true;
        }
        if (some) {
            completions.publish();
        } else {
            submitter.fetchOverflown();
        }
        if (stranded) {
            submitter.flush();
            stranded = submitter.pending() > 0;
        }
    }

    private void complete(int slot, int result, CompletionBatch into) {
        // Its thread has ended, and nobody wanted it to.
        if (result == -ErrorNumbers.ECANCELED && !ending && !slots.isCancelled(slot) && slots.tryUseAgain(slot)) {
            // There is room: of each other slot the queue has the operation or its cancellation, of this one nothing.
            submitter.add(slot);
            stranded = true;
        } else {
            slots.complete(slot, slots.hasAccepted(slot, result) ? own(slot, result) : result, into);
        }
    }

    /** An accepted connection; one that comes while the instance ends was never there. */
    private int own(int slot, int number) {
        if (ending) {
            setup.calls().close(number);
            return -ErrorNumbers.ECANCELED;
        }
        accepted.add(number, auxiliary.address(slot));
        return number;
    }

    private int cancel(IntPredicate which) throws IoUringException {
        int asked = 0;
        for (int slot = 0; slot < slots.count(); slot++) {
            if (slots.canBeVoided(slot) && which.test(slot)) {
                submitter.makeVoid(slot);
                asked++;
            }
        }
        // Then there is room for cancellations: there are no more of them than slots.
        submitter.flush();
        for (int slot = 0; slot < slots.count() && !submitter.isFull(); slot++) {
            if (slots.canBeCancelled(slot) && which.test(slot)) {
                submitter.addCancellation(slot);
                asked++;
            }
        }
        submitter.flush();
        return asked;
    }
}
