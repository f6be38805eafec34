package org.reclaim.api.signal;

import org.osgi.annotation.versioning.ConsumerType;

/** What a process does when it gets a signal. */
@FunctionalInterface
@ConsumerType
public interface SignalHandler {

    /**
     * Called for each signal, on a virtual thread that works for the process (see
     * {@link org.reclaim.api.CurrentProcess}). Handlers of one process are called one after the other, in the order in
     * which the signals came; so one that takes long keeps the others waiting. It may send signals, and register and
     * close handlers, its own too. The thread is interrupted when the process ends; who does not return then is named
     * in the log, and keeps the process unsettled until he does.
     *
     * @param signal what came
     * @throws Exception anything: it is logged, and the next signal is handled all the same
     */
    void handle(ReceivedSignal signal) throws Exception;
}
