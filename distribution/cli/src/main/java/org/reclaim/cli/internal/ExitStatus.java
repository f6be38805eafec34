package org.reclaim.cli.internal;

/** What the program answers to its caller, where it is not the status of a command that it ran. */
final class ExitStatus {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private ExitStatus() {}
}
