package org.reclaim.api.ring;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An io_uring instance that a process holds, io_uring(7): operations are queued, submitted together by one system call,
 * and complete later. Made by the {@link IoUringManager}.
 *
 * <pre>{@code
 * var buffer = ring.allocate(4096, 1);
 * if (ring.queue().read(file, buffer, 0, 7)) {         // 7 comes back with the result
 *     ring.submit();
 *     ring.await(1, Duration.ofSeconds(1), (token, result) -> ...);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Any number may queue, submit, poll and await at the same time. Who polls or awaits takes whatever
 * has completed, and calls the completions of it: its own for operations queued by {@link #queue(Completion)}, the one
 * given to poll or await for the others. A virtual thread that awaits does not occupy its carrier. The kernel ties an
 * operation to the thread that submitted it, and cancels it when that thread ends: then it is submitted again by who
 * finds that, unless somebody has cancelled it or its descriptor is closed.
 *
 * <p><b>End.</b> When the process ends, or the handle is closed, nothing can be queued any more, and what is under way
 * is cancelled. Threads that await wake. They, and all who poll, still get what has completed, most of it with -125
 * ({@code ECANCELED}), on their own threads; when there is nothing more, {@link IoUringClosedException}. The buffers
 * stay until the kernel has ended every operation, and are gone then: every access throws
 * {@link IllegalStateException}.
 */
public final class IoUring {

    /** How many completions are told without taking the lock again. */
    private static final int BATCH = 64;

    /** How long the kernel, short of memory, has before it is asked again. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RingSetup setup;
    private final RingCore core;
    private final CompletionWait waits;
    private final OperationQueue polled;
    private final BufferSpace space;

    /** For the next who polls: empty while somebody does. */
    private final AtomicReference<CompletionBatch> spare = new AtomicReference<>(new CompletionBatch(BATCH));

    /**
     * For the resource type only.
     *
     * @param setup what it is made of
     */
    public IoUring(RingSetup setup) {
        this.setup = Objects.requireNonNull(setup, "setup");
        core = new RingCore(setup);
        waits = new CompletionWait(setup.descriptor(), setup.wakeUp(), setup.arena(), setup.calls());
        space = new BufferSpace(setup);
        polled = new OperationQueue(core, setup.pid(), setup.buffers(), null);
    }

    /**
     * How many operations can be under way, from being queued to being told.
     *
     * @return a power of two from 1
     */
    public int entries() {
        return setup.geometry().submissionEntries();
    }

    /**
     * How many operations are under way, queued ones included.
     *
     * @return from 0 to {@link #entries()}
     */
    public int inFlight() {
        return core.inFlight();
    }

    /**
     * All memory that operations can use; {@link #allocate} gives parts of it.
     *
     * @return as many bytes as were asked for, aligned to pages of 4096
     */
    public MemorySegment buffers() {
        return setup.buffers();
    }

    /**
     * Takes the next free part of {@link #buffers()}. It is not given back before the end.
     *
     * @param byteSize  its size, from 1
     * @param alignment a power of two from 1 to 4096
     * @return memory that lives as long as the instance
     * @throws IllegalArgumentException if {@code byteSize} or {@code alignment} is out of range
     * @throws IllegalStateException    if so much is not free
     */
    public MemorySegment allocate(long byteSize, long alignment) {
        return space.allocate(byteSize, alignment);
    }

    /**
     * Where operations are queued whose completion is told to who polls or awaits.
     *
     * @return always the same
     */
    public OperationQueue queue() {
        return polled;
    }

    /**
     * Where operations are queued that have a completion of their own.
     *
     * @param completion called by who polls or awaits
     * @return a new one, to be kept by who queues many
     */
    public OperationQueue queue(Completion completion) {
        Objects.requireNonNull(completion, "completion");
        return new OperationQueue(core, setup.pid(), setup.buffers(), completion);
    }

    /**
     * Submits all that is queued, by whomever: io_uring_enter(2). What can be done at once, such as reading from a file
     * that is in memory, has completed when this returns.
     *
     * @return how many the kernel has taken. Fewer than were queued if it is short of memory: take completions, then
     *     submit again
     * @throws IoUringException       if the kernel refuses
     * @throws IoUringClosedException if the instance is closed
     */
    public int submit() throws IoUringException {
        return core.submit();
    }

    /**
     * Asks the kernel to end all operations with a token; submits everything that is queued. They complete with -125
     * ({@code ECANCELED}), or -4 ({@code EINTR}), or as usual if it was too late. One that the kernel was about to
     * continue may not have been found: who needs to be sure asks again. Reading from and writing to a disk, once
     * begun, can't be cancelled.
     *
     * @param token what was given when they were queued
     * @return how many are to end
     * @throws IoUringException       if the kernel refuses
     * @throws IoUringClosedException if the instance is closed
     */
    public int cancel(long token) throws IoUringException {
        return core.cancel(token);
    }

    /**
     * Tells what has completed, without waiting.
     *
     * @param handler told of operations without a completion of their own
     * @param limit   how many to tell at most, from 1
     * @return how many were told
     * @throws IllegalArgumentException if {@code limit} is below 1
     * @throws IoUringException         if the kernel refuses to go on with an operation whose thread has ended
     * @throws IoUringClosedException   if the instance is closed, and all were told
     */
    public int poll(Completion handler, int limit) throws IoUringException {
        Objects.requireNonNull(handler, "handler");
        requirePositive("limit", limit);
        int told = tell(handler, limit);
        if (told < 0) {
            throw new IoUringClosedException(setup.label());
        }
        return told;
    }

    /**
     * Tells what has completed or completes, until it was enough or the time is over. What is queued must be submitted
     * before, or by somebody else.
     *
     * @param minimum how many to tell at least, from 1; all that have completed are told
     * @param timeout how long to wait at most; none or less: not at all
     * @param handler told of operations without a completion of their own
     * @return how many were told; fewer than {@code minimum} if the time is over, or the instance is closed
     * @throws InterruptedException     if the thread is interrupted while it has to wait
     * @throws IllegalArgumentException if {@code minimum} is below 1
     * @throws IoUringException         if the kernel refuses to go on with an operation whose thread has ended
     * @throws IoUringClosedException   if the instance is closed, and all were told before
     */
    public int await(int minimum, Duration timeout, Completion handler) throws InterruptedException, IoUringException {
        Objects.requireNonNull(handler, "handler");
        requirePositive("minimum", minimum);
        long begin = System.nanoTime();
        long limit = TimeUnit.NANOSECONDS.convert(timeout);
        int all = 0;
        while (true) {
            long seen = waits.wakes();
            // Not all at once: a handler that goes on and on queueing would keep us from looking at the time.
            int told = tell(handler, entries());
            if (told < 0 && all == 0) {
                throw new IoUringClosedException(setup.label());
            }
            all += Math.max(told, 0);
            long left = limit - (System.nanoTime() - begin);
            if (told < 0 || all >= minimum || left <= 0) {
                return all;
            }
            if (told == 0) {
                waits.await(seen, core.isAnyStranded() ? Math.min(left, AGAIN_NANOS) : left);
            }
        }
    }

    /**
     * The connection that an accept has brought. It is a part of this instance, and no resource of its own, until
     * {@link IoUringManager#trackAccepted} makes it one.
     *
     * @param result of the operation
     * @return a descriptor that is closed with this instance, or earlier by its own {@link RingDescriptor#close}; empty
     *     if it was closed or made a resource of its own, or the result is no such number
     */
    public Optional<RingDescriptor> accepted(int result) {
        return core.accepted().find(result);
    }

    /**
     * Leaves an accepted connection to who tracks it from now on; for the resource type only.
     *
     * @param connection from {@link #accepted}
     * @return whether it is the caller's now: false if it was closed, or somebody else has it
     */
    public boolean handOver(RingDescriptor connection) {
        return core.accepted().handOver(connection);
    }

    /** Below 0 if there will never be any. */
    private int tell(Completion handler, int limit) throws IoUringException {
        var kept = spare.getAndSet(null);
        var batch = kept == null ? new CompletionBatch(BATCH) : kept;
        boolean stranded = core.isAnyStranded();
        int told = 0;
        try {
            while (told < limit) {
                boolean open = core.take(batch, Math.min(limit - told, BATCH));
                if (batch.size() == 0) {
                    return told == 0 && !open ? -1 : told;
                }
                told += batch.tell(handler);
            }
            return told;
        } catch (IoUringException e) {
            batch.tell(handler); // what was taken before the kernel refused
            throw e;
        } finally {
            spare.set(batch);
            if (!stranded && core.isAnyStranded()) {
                waits.wake(); // whoever waits already waits for completions alone
            }
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 1 or more");
        }
    }

    /**
     * Refuses operations from now on, cancels what is under way, and wakes who awaits; for the resource type only.
     *
     * @param patience how long to wait for the kernel to end it all; 0 for not at all
     * @return whether nothing is under way
     * @throws IoUringException if the kernel refuses
     */
    public boolean end(Duration patience) throws IoUringException {
        return RingEnd.end(setup, core, waits, patience);
    }

    /**
     * Ends all operations, and all access to the memory; for the resource type only. Can be called again if it threw.
     *
     * @param patience how long to wait for the kernel, and for threads that are within a call
     * @return what the caller has to unmap and close; empty if an earlier call has said so
     * @throws IOException           if it is still held: the kernel has not ended an operation, or a call uses a buffer
     * @throws IllegalStateException if an accepted connection has operations queued, in another instance
     */
    public Optional<RingRemains> release(Duration patience) throws IOException {
        return RingEnd.release(setup, core, waits, patience);
    }

    /** As people see it: {@code io_uring 64 entries, fd 37}. */
    @Override
    public String toString() {
        return setup.label();
    }
}
