package org.reclaim.cli.internal;

/** What the program answers to its caller, where it is not the status of a command that it ran. */
public final class ExitStatus {

    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;

    private ExitStatus() {}
}
