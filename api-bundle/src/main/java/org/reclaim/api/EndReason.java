package org.reclaim.api;

/** Why a process ended. */
public enum EndReason {
    /** Its task returned, or its command exited. */
    EXITED,
    /** Its task threw, its preparation threw, or its command could not be started. */
    FAILED,
    /**
     * A limit was reached: its task or its preparation let a {@link ResourceLimitException} through. Who catches it
     * goes on: a limit refuses, it does not end anything.
     */
    LIMIT,
    /** Somebody called {@link ProcessManager#terminate}; {@link ProcessEnd#terminatedBy} says who. */
    TERMINATED,
    /** It had run for as long as {@link ProcessSpec#withMaxRunTime} allows. */
    DEADLINE,
    /** Its bundle stopped, was updated, refreshed or uninstalled, or could not be started. */
    BUNDLE_STOPPED,
    /** Its parent ended. */
    PARENT_ENDED,
    /** The platform stopped. */
    PLATFORM_STOPPED,
    /** It ended so long ago that the history has forgotten it; nothing else of the record is known. */
    FORGOTTEN
}
