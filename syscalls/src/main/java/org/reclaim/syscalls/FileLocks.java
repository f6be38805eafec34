package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Locks on files that belong to an open file description, fcntl(2): two of them exclude each other also within one OS
 * process, and closing another descriptor of the same file does not take them away. Thread-safe.
 */
public final class FileLocks {

    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_NOCTTY = 0400;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;

    private static final int LOCK_SH = 1;

    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;

    /** With all but the kind of lock zero, it stands for the whole file. */
    private static final StructLayout FLOCK = MemoryLayout.structLayout(
            JAVA_SHORT.withName("l_type"),
            JAVA_SHORT.withName("l_whence"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("l_start"),
            JAVA_LONG.withName("l_len"),
            JAVA_INT.withName("l_pid"),
            MemoryLayout.paddingLayout(4));

    /** Without the mode, which only counts for files that it creates. */
    private static final MethodHandle OPEN = SystemCalls.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle BSD_LOCK = SystemCalls.link("flock", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle FCNTL =
            SystemCalls.linkVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

    private FileLocks() {}

    /**
     * Opens a file and locks the whole of it, unless somebody holds a lock that excludes this one. Waits for nothing.
     *
     * @param path      an existing file, of the default file system
     * @param exclusive whether it excludes all others, and needs a file that can be written; else it excludes
     *                  exclusive ones, and the file must be readable
     * @return a descriptor that no child process inherits; the lock lasts until it is closed by
     *     {@link DescriptorCalls#close}. Empty if the lock is not free
     * @throws SystemCallException           if the file can't be opened or locked
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static OptionalInt tryLock(Path path, boolean exclusive) throws SystemCallException {
        int descriptor = open(path, exclusive ? O_WRONLY : O_RDONLY);
        boolean locked = false;
        try {
            locked = setLock(descriptor, path, exclusive ? F_WRLCK : F_RDLCK);
            return locked ? OptionalInt.of(descriptor) : OptionalInt.empty();
        } finally {
            if (!locked) {
                DescriptorCalls.close(descriptor);
            }
        }
    }

    /**
     * Shows that a folder is in use, by a shared lock of the other kind, flock(2). It keeps nobody from anything, but
     * who removes old temporary files, systemd-tmpfiles(8) for one, passes over a folder that has such a lock. Waits
     * while somebody has an exclusive one, as those have while they look through a folder.
     *
     * @param folder an existing folder, of the default file system
     * @return a descriptor that no child process inherits; the lock lasts until it is closed by
     *     {@link DescriptorCalls#close}
     * @throws SystemCallException           if the folder can't be opened or locked
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static int markInUse(Path folder) throws SystemCallException {
        int descriptor = open(folder, O_RDONLY);
        boolean locked = false;
        try {
            SystemCalls.invoke("flock", folder, errno ->
                    (int) BSD_LOCK.invokeExact(errno, descriptor, LOCK_SH));
            locked = true;
            return descriptor;
        } finally {
            if (!locked) {
                DescriptorCalls.close(descriptor);
            }
        }
    }

    /** Not blocking: a named pipe would wait for its other end. */
    private static int open(Path path, int access) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var name = nameOf(path);
            var bytes = arena.allocate(name.length + 1L);
            bytes.asByteBuffer().put(name);
            int flags = access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
            return (int) SystemCalls.invoke("open", path, errno -> (int) OPEN.invokeExact(errno, bytes, flags));
        }
    }

    private static boolean setLock(int descriptor, Path path, short type) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var lock = arena.allocate(FLOCK);
            lock.set(JAVA_SHORT, 0, type);
            SystemCalls.invoke(
                    "fcntl F_OFD_SETLK",
                    path,
                    errno -> (int) FCNTL.invokeExact(errno, descriptor, F_OFD_SETLK, lock));
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EAGAIN || e.errno() == Errno.EACCES) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The path's bytes as the kernel knows them. Its string is no help: in a locale without non-ASCII letters it has
     * question marks in their place. Its URI has every such byte as {@code %XX}.
     */
    static byte[] nameOf(Path path) {
        var escaped = path.toUri().getRawPath();
        var name = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                name.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                name.write(escaped.charAt(i));
            }
        }
        return name.toByteArray();
    }
}
