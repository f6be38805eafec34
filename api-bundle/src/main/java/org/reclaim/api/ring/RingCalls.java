package org.reclaim.api.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/**
 * The system calls that instances and descriptors make while they are used; for the resource type only, which links
 * them. A handle for a native function keeps nothing of who linked it, so that what was acquired lives on when its
 * bundle is replaced.
 *
 * @param enter io_uring_enter(2): {@code (MemorySegment errno, int fd, int to_submit, int min_complete, int flags, long
 *              arg, long argsz)}, returning {@code long}
 * @param ppoll ppoll(2): {@code (MemorySegment errno, MemorySegment fds, long nfds, MemorySegment timeout,
 *              MemorySegment sigmask)}, returning {@code int}
 * @param read  read(2): {@code (MemorySegment errno, int fd, MemorySegment buffer, long count)}, returning {@code long}
 * @param write write(2): the same
 * @param close close(2): {@code (MemorySegment errno, int fd)}, returning {@code int}
 */
public record RingCalls(
        MethodHandle enter, MethodHandle ppoll, MethodHandle read, MethodHandle write, MethodHandle close) {

    /** {@code IORING_ENTER_GETEVENTS}; with no completions to wait for, it only makes the kernel bring what it has. */
    static final int ENTER_GETEVENTS = 1;

    static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = ERRNO.byteOffset(PathElement.groupElement("errno"));

    private static final MethodType TRANSFER =
            MethodType.methodType(long.class, MemorySegment.class, int.class, MemorySegment.class, long.class);

    /**
     * Checks the types.
     *
     * @param enter io_uring_enter(2)
     * @param ppoll ppoll(2)
     * @param read  read(2)
     * @param write write(2)
     * @param close close(2)
     */
    public RingCalls {
        requireType("enter", enter, MethodType.methodType(long.class, MemorySegment.class,
                int.class, int.class, int.class, int.class, long.class, long.class));
        requireType("ppoll", ppoll, MethodType.methodType(int.class, MemorySegment.class,
                MemorySegment.class, long.class, MemorySegment.class, MemorySegment.class));
        requireType("read", read, TRANSFER);
        requireType("write", write, TRANSFER);
        requireType("close", close, MethodType.methodType(int.class, MemorySegment.class, int.class));
    }

    private static void requireType(String name, MethodHandle handle, MethodType type) {
        if (!handle.type().equals(type)) {
            throw new IllegalArgumentException(name + " is of type " + handle.type() + ", must be " + type);
        }
    }

    /** What was consumed, or an error number times -1. The arena of {@code errno} stays open until this returns. */
    int enter(MemorySegment errno, int descriptor, int toSubmit, int flags) {
        return call(errno, () -> (int) (long) enter.invokeExact(errno, descriptor, toSubmit, 0, flags, 0L, 0L));
    }

    /** How many are ready, or an error number times -1. The arena of {@code errno} stays open until this returns. */
    int ppoll(MemorySegment errno, MemorySegment descriptors, long count, MemorySegment timeout) {
        return call(errno, () -> (int) ppoll.invokeExact(errno, descriptors, count, timeout, MemorySegment.NULL));
    }

    /** Bytes, or an error number times -1. The arena of {@code errno} stays open until this returns. */
    int read(MemorySegment errno, int descriptor, MemorySegment buffer) {
        return call(errno, () -> (int) (long) read.invokeExact(errno, descriptor, buffer, buffer.byteSize()));
    }

    /** Bytes, or an error number times -1. The arena of {@code errno} stays open until this returns. */
    int write(MemorySegment errno, int descriptor, MemorySegment buffer) {
        return call(errno, () -> (int) (long) write.invokeExact(errno, descriptor, buffer, buffer.byteSize()));
    }

    /** 0, or an error number times -1; the descriptor is gone either way. */
    int close(int descriptor) {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(ERRNO);
            return call(errno, () -> (int) close.invokeExact(errno, descriptor));
        }
    }

    private static int call(MemorySegment errno, Call call) {
        try {
            int result = call.make();
            return result == -1 ? -errno.get(JAVA_INT, ERRNO_OFFSET) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IllegalStateException("A function of the C library threw what none can throw", t);
        }
    }

    /** One call. */
    private interface Call {
        int make() throws Throwable;
    }
}
