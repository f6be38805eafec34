package org.reclaim.api;

/** Thrown for a pid that was never given to any process. */
public class NoSuchProcessException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Names the pid.
     *
     * @param pid what was asked for
     */
    public NoSuchProcessException(long pid) {
        super("There is no process " + pid + ": pids are those that starting a process returned");
    }
}
