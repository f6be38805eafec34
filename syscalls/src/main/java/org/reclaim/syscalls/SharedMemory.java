package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * POSIX shared memory, shm_overview(7), and memory without a name, memfd_create(2). What is opened comes as a channel
 * of the JDK's, to be mapped by it and closed: a mapping lives on its own. Thread-safe.
 */
public final class SharedMemory {

    /** The longest name, in bytes, without the slash in front. */
    public static final int MAX_NAME_LENGTH = 254;

    /** The longest {@link #instancePrefix}, in bytes: it leaves room for 134 more. */
    public static final int MAX_PREFIX_LENGTH = 120;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int MFD_CLOEXEC = 1;
    private static final int OWNER_ONLY = 0600;

    private SharedMemory() {}

    /** Apart, because linking takes time, and who only asks for a name needs none of them. */
    private static final class Calls {
        // mode_t is an unsigned int, size_t and off_t are 64 bits wide.
        static final MethodHandle SHM_OPEN = SystemCalls.link("shm_open", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        static final MethodHandle SHM_UNLINK = SystemCalls.link("shm_unlink", JAVA_INT, ADDRESS);
        static final MethodHandle MEMFD_CREATE = SystemCalls.link("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
        static final MethodHandle FALLOCATE =
                SystemCalls.link("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        static final MethodHandle FTRUNCATE = SystemCalls.link("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    }

    /** Opens a descriptor. */
    @FunctionalInterface
    private interface Opening {
        int open() throws SystemCallException;
    }

    /** Gives an open object its size. */
    @FunctionalInterface
    private interface Sizing {
        void size(int descriptor) throws SystemCallException;
    }

    /**
     * How the names of one running platform's objects begin. Made of its runtime folder, whose lock tells whether the
     * platform lives, so that the next start can find what a killed one left behind.
     *
     * @param runtimeFolder the private folder of this run of the platform, such as {@code /tmp/reclaim-0/4711}
     * @return such as {@code reclaim-0-4711-}, with {@code _} for what can't be in a name; without a folder, a
     *     beginning that nobody else has
     * @throws IllegalArgumentException if it would be longer than {@value #MAX_PREFIX_LENGTH}
     */
    public static String instancePrefix(Optional<Path> runtimeFolder) {
        return runtimeFolder
                .map(Path::toAbsolutePath)
                .filter(folder -> folder.getNameCount() > 1)
                .map(folder -> folder.getParent().getFileName() + "-" + folder.getFileName() + "-")
                .map(prefix -> prefix.replaceAll("[^A-Za-z0-9._-]", "_"))
                .map(prefix -> requireShort(prefix, runtimeFolder.orElseThrow()))
                .orElseGet(() -> "reclaim-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong()) + "-");
    }

    private static String requireShort(String prefix, Path runtimeFolder) {
        if (prefix.length() > MAX_PREFIX_LENGTH) {
            throw new IllegalArgumentException("runtimeFolder is '" + runtimeFolder + "', of which the names of shared"
                    + " memory would begin with '" + prefix + "', " + prefix.length() + " characters, must be at most "
                    + MAX_PREFIX_LENGTH + ": the folder and its parent must have shorter names");
        }
        return prefix;
    }

    /**
     * Creates an object that nobody else has, mode 0600, filled with zeros: shm_open(3) with {@code O_EXCL}. Its memory
     * is there from the start, so that no access to it can fail later.
     *
     * @param name     at most {@value #MAX_NAME_LENGTH} letters and digits of ASCII, {@code .}, {@code _}, {@code -};
     *                 the slash in front is added
     * @param byteSize from 1
     * @return for reading and writing
     * @throws SystemCallException           {@link Errno#EEXIST} if there is one of that name, {@link Errno#ENOSPC} or
     *                                       {@link Errno#ENOMEM} if there is not enough memory; then there is none
     * @throws IOException                   if it can't be opened as a channel; then there is none
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static FileChannel create(String name, long byteSize) throws IOException {
        requireName(name);
        requireSize(byteSize);
        boolean made = false;
        int descriptor = shmOpen(name, O_RDWR | O_CREAT | O_EXCL);
        try {
            var channel = channelOf(() -> descriptor, opened -> allocate(opened, name, byteSize), true);
            made = true;
            return channel;
        } finally {
            if (!made) {
                unlink(name);
            }
        }
    }

    /** A signal, to whichever thread of the JVM, makes fallocate(2) give up: then it goes on. */
    private static void allocate(int descriptor, String name, long byteSize) throws SystemCallException {
        long result;
        do {
            result = SystemCalls.attempt(errno ->
                    (int) Calls.FALLOCATE.invokeExact(errno, descriptor, 0, 0L, byteSize));
        } while (result == -Errno.EINTR);
        if (result < 0) {
            throw new SystemCallException("fallocate", "/" + name, (int) -result);
        }
    }

    /**
     * Opens an object that exists: shm_open(3).
     *
     * @param name     as for {@link #create}
     * @param writable whether for writing, too
     * @return for reading, and writing if asked for
     * @throws SystemCallException           {@link Errno#ENOENT} if there is none, {@link Errno#EACCES} if it is
     *                                       somebody else's
     * @throws IOException                   if it can't be opened as a channel
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static FileChannel open(String name, boolean writable) throws IOException {
        requireName(name);
        return channelOf(() -> shmOpen(name, writable ? O_RDWR : O_RDONLY), opened -> {}, writable);
    }

    /**
     * Removes the name: shm_unlink(3). The memory stays for those who have it mapped.
     *
     * @param name as for {@link #create}
     * @return false if there was none
     * @throws SystemCallException           if it can't be removed
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static boolean unlink(String name) throws SystemCallException {
        requireName(name);
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom("/" + name);
            long result = SystemCalls.attempt(errno -> (int) Calls.SHM_UNLINK.invokeExact(errno, path));
            if (result < 0 && result != -Errno.ENOENT) {
                throw new SystemCallException("shm_unlink", "/" + name, (int) -result);
            }
            return result == 0;
        }
    }

    /**
     * Creates memory that only its mappings keep, filled with zeros: memfd_create(2). It takes memory as it is touched.
     *
     * @param label    seen by people in {@code /proc/self/maps}; as the name of {@link #create}
     * @param byteSize from 1
     * @return for reading and writing
     * @throws SystemCallException           if there are too many open files, or the size is beyond what files can have
     * @throws IOException                   if it can't be opened as a channel
     * @throws UnsupportedOperationException where there is no such call
     */
    public static FileChannel anonymous(String label, long byteSize) throws IOException {
        requireName(label);
        requireSize(byteSize);
        return channelOf(
                () -> memfdCreate(label),
                opened -> SystemCalls.invoke("ftruncate", label, errno ->
                        (int) Calls.FTRUNCATE.invokeExact(errno, opened, byteSize)),
                true);
    }

    /**
     * A channel of the JDK's for what a descriptor refers to, by way of {@code /proc}, proc_pid_fd(5): the same object,
     * whether it has a name or not. The descriptor is closed.
     */
    private static FileChannel channelOf(Opening opening, Sizing sizing, boolean writable) throws IOException {
        int descriptor = opening.open();
        try {
            sizing.size(descriptor);
            var path = Path.of("/proc/self/fd/" + descriptor);
            return writable
                    ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(path, StandardOpenOption.READ);
        } finally {
            DescriptorCalls.close(descriptor);
        }
    }

    /** Sets close-on-exec by itself. */
    private static int shmOpen(String name, int flags) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom("/" + name);
            return (int) SystemCalls.invoke("shm_open", "/" + name, errno ->
                    (int) Calls.SHM_OPEN.invokeExact(errno, path, flags, OWNER_ONLY));
        }
    }

    private static int memfdCreate(String label) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(label);
            return (int) SystemCalls.invoke("memfd_create", label, errno ->
                    (int) Calls.MEMFD_CREATE.invokeExact(errno, name, MFD_CLOEXEC));
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("name must be 1 to " + MAX_NAME_LENGTH
                    + " letters, digits, '.', '_' or '-' of ASCII, and neither '.' nor '..'");
        }
    }

    private static void requireSize(long byteSize) {
        if (byteSize < 1) {
            throw new IllegalArgumentException("byteSize is " + byteSize + ", must be 1 or more");
        }
    }
}
