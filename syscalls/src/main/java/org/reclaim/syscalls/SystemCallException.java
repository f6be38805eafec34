package org.reclaim.syscalls;

import java.io.IOException;

/** Thrown when a system call failed: which, for what, and why. */
public class SystemCallException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * Words the failure as {@code open /x: No such file or directory (ENOENT, errno 2)}.
     *
     * @param call    the function's name
     * @param subject what it was called for
     * @param errno   why it failed, from 1
     */
    public SystemCallException(String call, Object subject, int errno) {
        super(call + " " + subject + ": " + Errno.message(errno) + " (" + Errno.name(errno) + ", errno " + errno + ")");
        this.call = call;
        this.errno = errno;
    }

    /**
     * The function that failed.
     *
     * @return its name in the C library, or of the raw call
     */
    public String call() {
        return call;
    }

    /**
     * Why it failed, to be compared with the constants of {@link Errno}.
     *
     * @return the number
     */
    public int errno() {
        return errno;
    }

    /**
     * The number's name.
     *
     * @return such as {@code ENOENT}
     */
    public String errnoName() {
        return Errno.name(errno);
    }
}
