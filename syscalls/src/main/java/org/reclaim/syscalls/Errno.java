package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The numbers by which system calls say why they failed, errno(3), and their names. Thread-safe. */
public final class Errno {

    /** Operation not permitted. */
    public static final int EPERM = 1;

    /** No such file or directory. */
    public static final int ENOENT = 2;

    /** No such process. */
    public static final int ESRCH = 3;

    /** A signal arrived first. */
    public static final int EINTR = 4;

    /** Bad file descriptor. */
    public static final int EBADF = 9;

    /** No such child process. */
    public static final int ECHILD = 10;

    /** Not now: it would have to wait, or somebody holds it. */
    public static final int EAGAIN = 11;

    /** Not enough memory. */
    public static final int ENOMEM = 12;

    /** Permission denied. */
    public static final int EACCES = 13;

    /** It is in use. */
    public static final int EBUSY = 16;

    /** There is one already. */
    public static final int EEXIST = 17;

    /** Invalid argument. */
    public static final int EINVAL = 22;

    /** No space left. */
    public static final int ENOSPC = 28;

    /** Nobody reads it any more. */
    public static final int EPIPE = 32;

    /** The kernel has no such call. */
    public static final int ENOSYS = 38;

    /** Timer expired. */
    public static final int ETIME = 62;

    /** The operation was cancelled. */
    public static final int ECANCELED = 125;

    /** From 1 without a gap; {@code -} is a number that means nothing. */
    private static final String[] NAMES = """
            EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY
            EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK
            EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT
            EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME
            ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ
            EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK
            EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT
            EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS
            EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS
            ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED
            EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
            """.split("\\s+");

    /** The longest message read, in bytes; those of the C libraries have less than a hundred. */
    private static final int MAX_MESSAGE = 1024;

    private static final MethodHandle STRERROR = SystemCalls.link("strerror", ADDRESS, JAVA_INT);

    private Errno() {}

    /**
     * The name of a number, as in the manual.
     *
     * @param errno a number
     * @return such as {@code ENOENT}; {@code unknown} if Linux has no such number
     */
    public static String name(int errno) {
        return isKnown(errno) ? NAMES[errno - 1] : "unknown";
    }

    /**
     * What a number means: strerror(3).
     *
     * @param errno a number
     * @return the C library's words for it; {@code Unknown error} if Linux has no such number, or elsewhere
     */
    @SuppressWarnings("restricted")   // the pointer is the C library's, to a string that ends within MAX_MESSAGE
    public static String message(int errno) {
        // Only the words for unknown numbers are written into a buffer that threads may share.
        if (!isKnown(errno) || !SystemCalls.supported()) {
            return "Unknown error";
        }
        try {
            long words = SystemCalls.invoke(
                    "strerror", errno, captured -> ((MemorySegment) STRERROR.invokeExact(captured, errno)).address());
            return MemorySegment.ofAddress(words).reinterpret(MAX_MESSAGE).getString(0);
        } catch (SystemCallException e) {
            throw new IllegalStateException("strerror(3) never fails", e);
        }
    }

    private static boolean isKnown(int errno) {
        return errno >= 1 && errno <= NAMES.length && !NAMES[errno - 1].equals("-");
    }
}
