package org.reclaim.api.ring;

import java.io.IOException;

/** Thrown when the kernel reports an error for an operation, or refuses to take operations. */
public class IoUringException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * Words the failure as {@code read of file /x, fd 38: errno 9}.
     *
     * @param what  what was done, and on what
     * @param errno why it failed, errno(3), from 1
     */
    public IoUringException(String what, int errno) {
        super(what + ": " + ErrorNumbers.text(errno));
        this.errno = errno;
    }

    /**
     * Takes a result apart.
     *
     * @param operation what was done, such as {@code read}
     * @param on        on what
     * @param result    what {@link Completion#completed} was told
     * @return the result, from 0
     * @throws IoUringException if it is below 0
     */
    public static int requireSuccess(String operation, RingDescriptor on, int result) throws IoUringException {
        if (result < 0) {
            throw new IoUringException(operation + " of " + on, -result);
        }
        return result;
    }

    /**
     * Why it failed.
     *
     * @return a number of errno(3), from 1
     */
    public int errno() {
        return errno;
    }
}
