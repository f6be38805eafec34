package org.reclaim.api;

/** Where a process is in its life. It only ever moves down this list. */
public enum ProcessState {
    /** It has a pid and may acquire; what it runs was not started yet. */
    CREATED,
    /** It runs. */
    RUNNING,
    /** It is being ended: every acquisition is refused. */
    TERMINATING,
    /** It has ended, and was cleaned once. */
    TERMINATED
}
