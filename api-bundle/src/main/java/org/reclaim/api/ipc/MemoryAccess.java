package org.reclaim.api.ipc;

/** What a process may do with shared memory to which it attaches. */
public enum MemoryAccess {
    /** Read. A write throws {@link IllegalArgumentException}, and the pages are protected by the kernel, too. */
    READ_ONLY,
    /** Read and write, as the owner. */
    READ_WRITE
}
