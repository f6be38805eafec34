package org.reclaim.api.memory;

/** How long a block lives; decides what freeing it costs. */
public enum MemoryLifetime {
    /**
     * Until the process ends. All such blocks of a process share one arena, which is closed once. Closing a handle
     * early makes {@link org.reclaim.api.ResourceHandle#get()} throw and gives nothing back yet. The cheap one.
     */
    PROCESS,
    /**
     * Until its handle is closed, or the process ends. The block has an arena of its own, whose closing costs a
     * handshake with all threads of the JVM: tens of microseconds, and milliseconds while more threads are busy than
     * there are processors. For few large blocks that are freed early.
     */
    HANDLE
}
