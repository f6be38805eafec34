package org.reclaim.api;

import java.util.OptionalLong;

/**
 * The process that the running code works for. Tasks of the platform run inside theirs; other code may enter one by
 * {@link #run}. Inherited by threads that a structured task scope forks, as every {@link ScopedValue} is.
 */
public final class CurrentProcess {

    private static final ScopedValue<Long> PID = ScopedValue.newInstance();

    private CurrentProcess() {}

    /**
     * The process that the calling code works for.
     *
     * @return its pid, or empty outside of any
     */
    public static OptionalLong pid() {
        return PID.isBound() ? OptionalLong.of(PID.get()) : OptionalLong.empty();
    }

    /**
     * Runs {@code body} on the calling thread as work of a process. May be nested; the inner process counts.
     *
     * @param pid  the process, from 1; whether it lives is not checked
     * @param body what to run; what it throws reaches the caller
     * @throws IllegalArgumentException if {@code pid} is below 1
     */
    public static void run(long pid, Runnable body) {
        if (pid < 1) {
            throw new IllegalArgumentException("pid is " + pid + ", must be 1 or more");
        }
        ScopedValue.where(PID, pid).run(body);
    }
}
