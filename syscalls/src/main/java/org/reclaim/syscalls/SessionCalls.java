package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.MethodHandle;

/** Sessions of processes, credentials(7). Thread-safe. */
public final class SessionCalls {

    private static final MethodHandle SETSID = SystemCalls.link("setsid", JAVA_INT);

    private SessionCalls() {}

    /**
     * Takes the calling process out of its session and process group, and makes it the leader of new ones without a
     * terminal: setsid(2). Neither the end of the old terminal nor its keys reach it from then on.
     *
     * @return false if it is the leader of a process group: then it stays where it is
     * @throws SystemCallException           if the kernel refuses for another reason
     * @throws UnsupportedOperationException where there is no such call
     */
    public static boolean newSession() throws SystemCallException {
        long result = SystemCalls.attempt(errno -> (int) SETSID.invokeExact(errno));
        if (result < 0 && result != -Errno.EPERM) {
            throw new SystemCallException("setsid", "this process", (int) -result);
        }
        return result > 0;
    }
}
