package org.reclaim.orchestrator.internal.cleanup;

/**
 * One call into a plug-in, on a worker. Either it returns, or its watcher gives it up first and interrupts it; then it
 * counts as stuck until it does return, unless it only helped another call.
 */
final class Call {

    private final Bound bound;
    private final boolean helper;
    private final Thread thread = Thread.currentThread();
    private boolean returned;
    private boolean abandoned;

    /** Begun by the running thread. */
    Call(Bound bound, boolean helper) {
        this.bound = bound;
        this.helper = helper;
    }

    Bound bound() {
        return bound;
    }

    /** Gives it up and interrupts it; false if it has returned. */
    synchronized boolean abandon() {
        if (returned) {
            return false;
        }
        abandoned = true;
        bound.stuck().addAndGet(helper ? 0 : 1);
        // Under the lock: the interrupt can't hit what the thread does after the call has returned.
        thread.interrupt();
        return true;
    }

    /** Says that it has returned; false if it was given up before. */
    synchronized boolean returned() {
        returned = true;
        if (abandoned) {
            bound.stuck().addAndGet(helper ? 0 : -1);
            Thread.interrupted();
        }
        return !abandoned;
    }

    /** Where its thread stands. */
    StackTraceElement[] stack() {
        return thread.getStackTrace();
    }

    String threadName() {
        return thread.getName();
    }
}
