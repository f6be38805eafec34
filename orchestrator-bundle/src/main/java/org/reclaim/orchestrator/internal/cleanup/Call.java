package org.reclaim.orchestrator.internal.cleanup;

/**
 * One call into a plug-in on behalf of a process, on a worker. Either it returns, or its watcher gives it up first and
 * interrupts it; then it counts as stuck until it does return, unless it only helped another call.
 */
final class Call {

    private final Bound bound;
    private final long pid;
    private final boolean helper;
    private final Thread thread = Thread.currentThread();
    private final String nameBefore = thread.getName();
    private boolean named;
    private boolean returned;
    private boolean givenUp;

    /** Begun by the running thread. */
    Call(Bound bound, long pid, boolean helper) {
        this.bound = bound;
        this.pid = pid;
        this.helper = helper;
    }

    Bound bound() {
        return bound;
    }

    long pid() {
        return pid;
    }

    boolean isHelper() {
        return helper;
    }

    /**
     * Names its thread after what it does, for who looks at threads. Only when it takes long: that costs more than most
     * cleanups, which are over before anybody could look.
     */
    synchronized void nameThread() {
        if (!returned && !named) {
            named = true;
            thread.setName("reclaim-worker: " + bound.resourceType() + " of process " + pid);
        }
    }

    /** Gives it up and interrupts it; false if it has returned. */
    synchronized boolean giveUp() {
        if (returned) {
            return false;
        }
        givenUp = true;
        nameThread();
        bound.addGivenUp(this);
        // Under the lock: the interrupt can't hit what the thread does after the call has returned.
        thread.interrupt();
        return true;
    }

    /** Says that it has returned, before {@link Bound#exit}; false if it was given up before. */
    synchronized boolean returned() {
        returned = true;
        if (named) {
            thread.setName(nameBefore);
        }
        if (givenUp) {
            bound.removeGivenUp(this);
            Thread.interrupted();
        }
        return !givenUp;
    }

    /** Where its thread stands. */
    StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    String threadName() {
        return thread.getName();
    }
}
