package org.reclaim.orchestrator.internal.command;

/**
 * An operating-system process as it was at one moment.
 *
 * @param id     which
 * @param parent its parent's number; 0 if unknown
 * @param name   the name of its program, for people
 * @param state  whether it runs
 */
record OsProcess(ProcessId id, long parent, String name, State state) {

    /** Whether a process runs. */
    enum State {
        /** It runs or waits. */
        RUNNING,
        /** A signal stopped it: it acts on no signal but KILL and CONT. */
        STOPPED,
        /** It runs no more. Its number is taken until its parent has waited for it. */
        GONE
    }

    boolean isGone() {
        return state == State.GONE;
    }

    /** As reports name it. */
    String describe() {
        return "pid " + id.pid() + " (" + name + ")";
    }
}
