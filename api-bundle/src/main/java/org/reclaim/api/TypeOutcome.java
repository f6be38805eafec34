package org.reclaim.api;

import java.util.Objects;

/**
 * How the cleanup of one type went for one process. Holds strings and numbers only, nothing of a plug-in.
 *
 * @param resourceType the type, or {@link #OS_PROCESSES}
 * @param status       what happened
 * @param stats        what was freed
 * @param detail       why it failed, timed out or leaked, or what else is worth saying; empty if nothing
 */
public record TypeOutcome(String resourceType, Status status, CleanupStats stats, String detail) {

    /** Reserved name: operating-system processes below a command that were killed. Not a registered type. */
    public static final String OS_PROCESSES = "os_processes";

    /** What happened to one type. */
    public enum Status {
        /** Everything that was held has been freed. */
        FREED,
        /** Nothing was held. */
        EMPTY,
        /** The cleanup threw, answered {@code null} or a negative number, or counted errors. */
        FAILED,
        /** The cleanup did not return within its deadline. */
        TIMED_OUT,
        /** No cleanup of this type was bound. */
        UNBOUND,
        /** The cleanup returned, and the process still holds something. */
        LEAKED;

        /**
         * Tells a good outcome from one that leaves the pair of pid and type unsettled.
         *
         * @return true for {@link #FREED} and {@link #EMPTY}
         */
        public boolean isSettled() {
            return this == FREED || this == EMPTY;
        }
    }

    /** Refuses {@code null}. */
    public TypeOutcome {
        Objects.requireNonNull(resourceType, "resourceType");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(stats, "stats");
        Objects.requireNonNull(detail, "detail");
    }
}
