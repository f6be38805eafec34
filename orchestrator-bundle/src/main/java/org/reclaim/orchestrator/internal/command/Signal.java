package org.reclaim.orchestrator.internal.command;

import org.reclaim.syscalls.ProcessCalls;

/** What is sent to processes. */
enum Signal {
    /** Asks it to end. */
    TERM(ProcessCalls.SIGTERM),
    /** Ends it. */
    KILL(ProcessCalls.SIGKILL),
    /** Stops it: it can neither fork nor end by itself any more. */
    STOP(ProcessCalls.SIGSTOP),
    /** Lets it go on. */
    CONT(ProcessCalls.SIGCONT);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
