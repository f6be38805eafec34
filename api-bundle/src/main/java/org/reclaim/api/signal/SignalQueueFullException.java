package org.reclaim.api.signal;

/** Thrown when a signal is sent to a process that has as many pending signals as it may have. It was not sent. */
public class SignalQueueFullException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Names both.
     *
     * @param pid    who did not get it
     * @param signal what was sent
     * @param limit  how many signals may be pending
     */
    public SignalQueueFullException(long pid, PosixSignal signal, int limit) {
        super("Process %d can't take %s: %d signals are pending, and no more may be".formatted(pid, signal, limit));
    }
}
