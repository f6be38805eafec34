package org.reclaim.api;

/** What stands behind a process. */
public enum ProcessKind {
    /** Somebody calls start and terminate. */
    LOGICAL,
    /** A {@link Runnable} that the platform runs on a thread of its own; it ends when that returns. */
    TASK,
    /** An operating-system command; it ends when that exits. */
    COMMAND,
    /** An OSGi bundle that has asked for its {@link BundleProcess}; it ends when the bundle has stopped. */
    BUNDLE
}
