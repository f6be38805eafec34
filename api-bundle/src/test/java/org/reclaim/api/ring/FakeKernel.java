package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The kernel's side of an instance, which does what a test tells it: for what the real one does rarely. */
final class FakeKernel {

    static final long PID = 7;
    static final int ENTRIES = 4;

    // Offsets into the queues.
    private static final int SQ_HEAD = 0;
    private static final int SQ_TAIL = 4;
    private static final int SQ_FLAGS = 8;
    private static final int CQ_HEAD = 12;
    private static final int CQ_TAIL = 16;
    private static final int SQ_ARRAY = 64;
    private static final int CQES = 128;
    private static final RingGeometry GEOMETRY = new RingGeometry(
            ENTRIES, 2 * ENTRIES, SQ_HEAD, SQ_TAIL, SQ_FLAGS, SQ_ARRAY, CQ_HEAD, CQ_TAIL, CQES);
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));
    private static final long POLL_NANOS = 100_000;

    /** What io_uring_enter answers next: an error number, or 0 for taking everything. */
    final Deque<Integer> answers = new ArrayDeque<>();

    /** What was taken: opcode and user data. */
    final List<Taken> taken = new ArrayList<>();
    final List<Integer> closed = new ArrayList<>();
    final RingSetup setup;
    final IoUring ring;

    /** The times of all waits for completions. By the thread that waits. */
    final List<Duration> waits = new ArrayList<>();

    /** If true, whoever waits for completions does so until somebody wakes it, or the time is over. */
    volatile boolean patient;

    /** One permit for each wait that has begun, and each entry that was taken. */
    final Semaphore waiting = new Semaphore(0);
    final Semaphore takings = new Semaphore(0);

    private volatile boolean woken;

    private final MemorySegment queues;
    private final MemorySegment entries;

    record Taken(int opcode, long address, long userData) {}

    FakeKernel() throws ReflectiveOperationException {
        var arena = Arena.ofShared();
        queues = arena.allocate(GEOMETRY.queuesByteSize(), Long.BYTES);
        entries = arena.allocate(GEOMETRY.entriesByteSize(), Long.BYTES);
        setup = new RingSetup(PID, 5, 6, arena, queues, entries, GEOMETRY, arena.allocate(64, 8), calls());
        ring = new IoUring(setup);
    }

    RingCalls calls() throws ReflectiveOperationException {
        return new RingCalls(
                handle("enter", long.class, int.class, int.class, int.class, int.class, long.class, long.class),
                handle("ppoll", int.class, MemorySegment.class, long.class, MemorySegment.class, MemorySegment.class),
                handle("read", long.class, int.class, MemorySegment.class, long.class),
                handle("write", long.class, int.class, MemorySegment.class, long.class),
                handle("close", int.class, int.class));
    }

    private MethodHandle handle(String name, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        var type = MethodType.methodType(result, parameters).insertParameterTypes(0, MemorySegment.class);
        return MethodHandles.lookup().bind(this, name, type);
    }

    private long enter(MemorySegment errno, int fd, int toSubmit, int minComplete, int flags, long arg, long size) {
        int answer = answers.isEmpty() ? 0 : answers.remove();
        if (answer != 0) {
            errno.set(JAVA_INT, ERRNO_OFFSET, answer);
            return -1;
        }
        int head = queues.get(JAVA_INT, SQ_HEAD);
        for (int i = 0; i < toSubmit; i++, head++) {
            int index = queues.get(JAVA_INT, SQ_ARRAY + (long) (head & ENTRIES - 1) * Integer.BYTES);
            long at = (long) index * RingGeometry.SUBMISSION_BYTES;
            int opcode = entries.get(JAVA_INT, at) & 0xff;
            takings.release();
            taken.add(new Taken(opcode, entries.get(JAVA_LONG, at + 16), entries.get(JAVA_LONG, at + 32)));
        }
        queues.set(JAVA_INT, SQ_HEAD, head);
        return toSubmit;
    }

    private int ppoll(MemorySegment errno, MemorySegment fds, long count, MemorySegment timeout, MemorySegment mask) {
        var time = Duration.ofSeconds(timeout.get(JAVA_LONG, 0), timeout.get(JAVA_LONG, Long.BYTES));
        long begin = System.nanoTime();
        waits.add(time);
        waiting.release();
        do {
            LockSupport.parkNanos(POLL_NANOS);
        } while (patient && !woken && System.nanoTime() - begin < TimeUnit.NANOSECONDS.convert(time));
        woken = false;
        return 0;
    }

    private long read(MemorySegment errno, int fd, MemorySegment buffer, long count) {
        return count;
    }

    private long write(MemorySegment errno, int fd, MemorySegment buffer, long count) {
        woken = true;
        return count;
    }

    private int close(MemorySegment errno, int fd) {
        closed.add(fd);
        return 0;
    }

    /** Completes one that was taken. */
    void complete(long userData, int result) {
        int tail = queues.get(JAVA_INT, CQ_TAIL);
        long at = CQES + (long) (tail & 2 * ENTRIES - 1) * RingGeometry.COMPLETION_BYTES;
        queues.set(JAVA_LONG, at, userData);
        queues.set(JAVA_INT, at + Long.BYTES, result);
        queues.set(JAVA_INT, CQ_TAIL, tail + 1);
    }
}
