package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.OptionalLong;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.ResourceLimitException;

/**
 * Why a process is ended.
 *
 * @param reason the reason
 * @param by     the process for which it was terminated, if it was
 * @param detail for people, may be empty
 */
record EndCause(EndReason reason, OptionalLong by, String detail) {

    static EndCause of(EndReason reason) {
        return new EndCause(reason, OptionalLong.empty(), "");
    }

    /** By whoever runs on this thread. */
    static EndCause terminated() {
        return new EndCause(EndReason.TERMINATED, CurrentProcess.pid(), "");
    }

    static EndCause failed(String what) {
        return new EndCause(EndReason.FAILED, OptionalLong.empty(), what);
    }

    static EndCause failed(String what, Throwable failure) {
        var reason = failure instanceof ResourceLimitException ? EndReason.LIMIT : EndReason.FAILED;
        return new EndCause(reason, OptionalLong.empty(), what);
    }

    static EndCause deadline(Duration maximum) {
        return new EndCause(EndReason.DEADLINE, OptionalLong.empty(), "it had run for " + maximum);
    }
}
