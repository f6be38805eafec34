package org.reclaim.launcher;

/** What the program answers to its caller, where it is not the status of a command. */
final class ExitStatus {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    /** As in the Linux Standard Base, of a status command: the program is not running. */
    static final int NOT_RUNNING = 3;

    private ExitStatus() {
    }
}
