package org.reclaim.api.signal;

import java.util.List;
import java.util.Set;

/** The pending signals, the mask and the registrations of a process, as they were at one moment. */
record SignalState(
        List<SignalRegistration> registrations,
        List<ReceivedSignal> pending,
        Set<PosixSignal> blocked,
        int limit,
        long dropped) {

    /** What is done with a signal that somebody sends. */
    SignalDisposition disposition(PosixSignal signal) {
        return registrations.reversed().stream()
                .filter(registration -> registration.signal() == signal)
                .map(SignalRegistration::disposition)
                .findFirst()
                .orElse(SignalDisposition.DEFAULT);
    }
}
