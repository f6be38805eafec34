package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.MethodHandle;

/** System calls on file descriptors. Thread-safe. */
public final class DescriptorCalls {

    static final MethodHandle CLOSE = SystemCalls.link("close", JAVA_INT, JAVA_INT);

    private DescriptorCalls() {}

    /**
     * Closes a descriptor: close(2). Never to be repeated: on Linux the descriptor is gone whatever this throws, unless
     * it was not open ({@link Errno#EBADF}).
     *
     * @param descriptor an open descriptor that nobody else closes
     * @throws SystemCallException if what was written before could not be stored, or the descriptor was not open
     */
    public static void close(int descriptor) throws SystemCallException {
        SystemCalls.invoke("close", "descriptor " + descriptor, errno -> (int) CLOSE.invokeExact(errno, descriptor));
    }
}
