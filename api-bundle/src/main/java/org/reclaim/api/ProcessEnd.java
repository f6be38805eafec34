package org.reclaim.api;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a process ended, and what was given back.
 *
 * @param process      the process; its state is {@link ProcessState#TERMINATED}, or
 *                     {@link ProcessState#TERMINATING} in the result so far that a caller gets who cannot wait
 * @param reason       why
 * @param exitStatus   of a command: 0 to 255, or 128 plus the number of the signal that ended it
 * @param cleanup      what was freed
 * @param terminatedBy with {@link EndReason#TERMINATED}, the process for which the caller worked
 *                     ({@link CurrentProcess}); empty if it was called from outside of any
 * @param detail       for people: what failed, which time was over; empty if the reason says it all
 */
public record ProcessEnd(
        ProcessInfo process,
        EndReason reason,
        OptionalInt exitStatus,
        CleanupResult cleanup,
        OptionalLong terminatedBy,
        String detail) {

    /** Refuses null. */
    public ProcessEnd {
        Objects.requireNonNull(terminatedBy, "terminatedBy");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * An end by nobody in particular, without a detail.
     *
     * @param process    the process
     * @param reason     why
     * @param exitStatus of a command
     * @param cleanup    what was freed
     */
    public ProcessEnd(ProcessInfo process, EndReason reason, OptionalInt exitStatus, CleanupResult cleanup) {
        this(process, reason, exitStatus, cleanup, OptionalLong.empty(), "");
    }
}
