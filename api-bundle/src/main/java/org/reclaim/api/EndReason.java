package org.reclaim.api;

/**
 * Why a process ended. A limit is no reason: who reaches one is refused by {@link ResourceLimitException}, and goes on.
 */
public enum EndReason {
    /** Its task returned, or its command exited. */
    EXITED,
    /** Its task threw, its preparation threw, or its command could not be started. */
    FAILED,
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
