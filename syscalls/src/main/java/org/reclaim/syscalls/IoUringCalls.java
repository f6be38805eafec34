package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * io_uring(7), by its raw system calls: the C library has no functions for them. Thread-safe.
 *
 * <p>What an instance needs while it is used comes as handles, which do not keep the class that linked them alive. Each
 * takes a segment for {@code errno} first, at least one segment of the instance's arena among its arguments, and
 * returns -1 for a failure.
 */
public final class IoUringCalls {

    /** The size of {@code struct io_uring_params}, in bytes. */
    public static final long PARAMS_BYTES = 120;

    // The same on all processors.
    private static final long SYS_IO_URING_SETUP = 425;
    private static final long SYS_IO_URING_ENTER = 426;

    private static final MethodHandle SETUP =
            SystemCalls.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
    private static final MethodHandle ENTER = MethodHandles.insertArguments(
            SystemCalls.linkVariadic(
                    "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            1,
            SYS_IO_URING_ENTER);
    // nfds_t, size_t and ssize_t are 64 bits wide.
    private static final MethodHandle PPOLL =
            SystemCalls.link("ppoll", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle READ = SystemCalls.link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = SystemCalls.link("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

    private IoUringCalls() {}

    /**
     * Makes an instance: io_uring_setup(2).
     *
     * @param entries how many operations its submission queue takes, from 1; the kernel rounds up to a power of two
     * @param params  {@code struct io_uring_params}, {@link #PARAMS_BYTES} long: read and written
     * @return the instance's descriptor, which no child process inherits
     * @throws SystemCallException           {@link Errno#ENOSYS} or {@link Errno#EPERM} where there is no io_uring or
     *                                       it is forbidden, {@link Errno#ENOMEM} if there is not enough memory, or
     *                                       not enough that may be locked
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static int setUp(int entries, MemorySegment params) throws SystemCallException {
        return (int) SystemCalls.invoke("io_uring_setup", entries + " entries", errno ->
                (long) SETUP.invokeExact(errno, SYS_IO_URING_SETUP, entries, params));
    }

    /**
     * io_uring_enter(2).
     *
     * @return of {@code (MemorySegment errno, int fd, int to_submit, int min_complete, int flags, long arg,
     *     long argsz)}, returning {@code long}
     */
    public static MethodHandle enterHandle() {
        return ENTER;
    }

    /**
     * ppoll(2).
     *
     * @return of {@code (MemorySegment errno, MemorySegment fds, long nfds, MemorySegment timeout, MemorySegment
     *     sigmask)}, returning {@code int}
     */
    public static MethodHandle ppollHandle() {
        return PPOLL;
    }

    /**
     * read(2).
     *
     * @return of {@code (MemorySegment errno, int fd, MemorySegment buffer, long count)}, returning {@code long}
     */
    public static MethodHandle readHandle() {
        return READ;
    }

    /**
     * write(2).
     *
     * @return of {@code (MemorySegment errno, int fd, MemorySegment buffer, long count)}, returning {@code long}
     */
    public static MethodHandle writeHandle() {
        return WRITE;
    }

    /**
     * close(2), as {@link DescriptorCalls#close} calls it.
     *
     * @return of {@code (MemorySegment errno, int fd)}, returning {@code int}
     */
    public static MethodHandle closeHandle() {
        return DescriptorCalls.CLOSE;
    }
}
