package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Opens files, pipes and event counters as bare descriptors, for calls that need their numbers. No child process
 * inherits them; they are closed by {@link DescriptorCalls#close}. None of these calls waits. Thread-safe.
 */
public final class FileCalls {

    /** Open for reading. */
    public static final int O_RDONLY = 0;

    /** Open for writing. */
    public static final int O_WRONLY = 1;

    /** Open for both. */
    public static final int O_RDWR = 2;

    /** Make it if it is not there. */
    public static final int O_CREAT = 0100;

    /** Refuse if it is there. */
    public static final int O_EXCL = 0200;

    /** Make it empty. */
    public static final int O_TRUNC = 01000;

    /** Write at its end. */
    public static final int O_APPEND = 02000;

    /** Writing waits until the data are on the device. */
    public static final int O_DSYNC = 010000;

    /** Writing waits until data and attributes are on the device. */
    public static final int O_SYNC = 04010000;

    private static final int O_NOCTTY = 0400;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int EFD_CLOEXEC_NONBLOCK = O_CLOEXEC | O_NONBLOCK;
    private static final int MODE = 0666;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private static final MethodHandle OPEN =
            SystemCalls.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle FCNTL =
            SystemCalls.linkVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle PIPE2 = SystemCalls.link("pipe2", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle EVENTFD = SystemCalls.link("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);

    private FileCalls() {}

    /**
     * The ends of a pipe.
     *
     * @param source the descriptor to read from
     * @param sink   the descriptor to write to
     */
    public record Pipe(int source, int sink) {}

    /**
     * Opens a file: open(2). A named pipe is opened without waiting for its other end; for writing only there must be a
     * reader. What is made has the mode that the umask leaves of rw for all, as with the JDK.
     *
     * @param path  a file of the default file system
     * @param flags of the {@code O_} constants
     * @return a blocking descriptor
     * @throws SystemCallException           if the file can't be opened
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static int open(Path path, int flags) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var name = FileLocks.nameOf(path);
            var bytes = arena.allocate(name.length + 1L);
            bytes.asByteBuffer().put(name);
            int all = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
            int descriptor = (int) SystemCalls.invoke("open", path, errno ->
                    (int) OPEN.invokeExact(errno, bytes, all, MODE));
            return blocking(descriptor, path);
        }
    }

    /**
     * Makes a pipe: pipe2(2).
     *
     * @return its ends, blocking
     * @throws SystemCallException           if there are too many open files
     * @throws UnsupportedOperationException where there is no such call
     */
    public static Pipe pipe() throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(JAVA_INT, 2);
            SystemCalls.invoke("pipe2", "a pipe", errno -> (int) PIPE2.invokeExact(errno, ends, O_CLOEXEC));
            return new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
        }
    }

    /**
     * Makes a counter that can be waited for by poll(2): eventfd(2).
     *
     * @return a descriptor that does not block, its counter 0
     * @throws SystemCallException           if there are too many open files
     * @throws UnsupportedOperationException where there is no such call
     */
    public static int event() throws SystemCallException {
        return (int) SystemCalls.invoke("eventfd", "an event", errno ->
                (int) EVENTFD.invokeExact(errno, 0, EFD_CLOEXEC_NONBLOCK));
    }

    /** It was only to be opened without waiting: fcntl(2). */
    private static int blocking(int descriptor, Path path) throws SystemCallException {
        try {
            int flags = fcntl(descriptor, path, F_GETFL, 0);
            fcntl(descriptor, path, F_SETFL, flags & ~O_NONBLOCK);
            return descriptor;
        } catch (SystemCallException | RuntimeException | Error e) {
            DescriptorCalls.close(descriptor);
            throw e;
        }
    }

    private static int fcntl(int descriptor, Path path, int command, int argument) throws SystemCallException {
        return (int) SystemCalls.invoke("fcntl", path, errno ->
                (int) FCNTL.invokeExact(errno, descriptor, command, argument));
    }
}
