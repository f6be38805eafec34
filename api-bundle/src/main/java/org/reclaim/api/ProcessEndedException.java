package org.reclaim.api;

/** Thrown when a process acquires, or becomes a parent, although it is ending or has ended. */
public class ProcessEndedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Names the pid and what was refused.
     *
     * @param pid    the process that is ending or has ended
     * @param action what it can no longer do, such as "acquire sockets"
     */
    public ProcessEndedException(long pid, String action) {
        super("Process " + pid + " is ending or has ended: it can no longer " + action);
    }
}
