package org.reclaim.api;

/** Where a process is in its life. It only ever moves down this list, as {@link #canBecome} says. */
public enum ProcessState {
    /** It has a pid and may acquire; what it runs was not started yet. */
    CREATED,
    /** It waits for a place to run: see {@link ProcessScheduler}. It may acquire. */
    READY,
    /** It runs. */
    RUNNING,
    /** It is being ended: every acquisition is refused. */
    TERMINATING,
    /** It has ended, and was cleaned once. */
    TERMINATED;

    /**
     * Says whether a process in this state can be in another one next. There are no other transitions.
     *
     * @param next the other state
     * @return true if so
     */
    public boolean canBecome(ProcessState next) {
        return switch (this) {
            case CREATED -> next == READY || next == RUNNING || next == TERMINATING;
            case READY -> next == RUNNING || next == TERMINATING;
            case RUNNING -> next == TERMINATING;
            case TERMINATING -> next == TERMINATED;
            case TERMINATED -> false;
        };
    }
}
