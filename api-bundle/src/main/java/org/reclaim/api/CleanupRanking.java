package org.reclaim.api;

/**
 * The default {@code service.ranking} of each type's cleanup. The highest is cleaned first, among equals the last
 * registered. There is room between them for types of other people.
 *
 * <p>The order lets go of what points at other things before those things: descriptors and sockets first, so that no
 * more data arrives; then what runs (signals, rings, tasks); then what they communicate through; memory last, because
 * everything above may still use it.
 */
public final class CleanupRanking {

    /** Open files, temporary files and locks. */
    public static final int FILE_DESCRIPTORS = 800;

    /** TCP, UDP and Unix-domain sockets. */
    public static final int SOCKETS = 700;

    /** Signal handlers and pending signals. */
    public static final int SIGNALS = 600;

    /** Zero-copy rings and io_uring instances. */
    public static final int RINGS = 500;

    /** Tasks and timers. */
    public static final int ASYNC_TASKS = 400;

    /** Message queues, pipes and shared memory. */
    public static final int IPC = 300;

    /** Mapped files and regions. */
    public static final int MAPPINGS = 200;

    /** Off-heap memory. */
    public static final int MEMORY = 100;

    private CleanupRanking() {}
}
