package org.reclaim.api.memory;

import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceLimitException;

/**
 * Allocates off-heap memory on behalf of processes. Blocks are zeroed. Limits, per process and for the whole platform,
 * are configured and exact. Thread-safe.
 */
@ProviderType
public interface MemoryManager {

    /** The alignment of a block for which none was asked, in bytes. */
    long DEFAULT_ALIGNMENT = 16;

    /** The largest alignment, in bytes: 2 MiB, a huge page. */
    long MAX_ALIGNMENT = 2L << 20;

    /**
     * Allocates a block that lives as long as its process, aligned to {@link #DEFAULT_ALIGNMENT}.
     *
     * @param pid      the owner, from 1
     * @param byteSize its size, from 1
     * @return its handle
     * @throws IllegalArgumentException if {@code byteSize} is below 1
     * @throws NoSuchProcessException   if {@code pid} was never started
     * @throws ProcessEndedException    if the process is ending or has ended
     * @throws ResourceLimitException   if a limit would be exceeded
     * @throws OutOfMemoryError         if the operating system has no more
     */
    default ResourceHandle<MemoryBlock> allocate(long pid, long byteSize) {
        return allocate(pid, byteSize, DEFAULT_ALIGNMENT, MemoryLifetime.PROCESS);
    }

    /**
     * Allocates a block.
     *
     * @param pid       the owner, from 1
     * @param byteSize  its size, from 1
     * @param alignment a power of two from 1 to {@link #MAX_ALIGNMENT}
     * @param lifetime  when it can be freed
     * @return its handle
     * @throws IllegalArgumentException if {@code byteSize} or {@code alignment} is out of range
     * @throws NoSuchProcessException   if {@code pid} was never started
     * @throws ProcessEndedException    if the process is ending or has ended
     * @throws ResourceLimitException   if a limit would be exceeded
     * @throws OutOfMemoryError         if the operating system has no more
     */
    ResourceHandle<MemoryBlock> allocate(long pid, long byteSize, long alignment, MemoryLifetime lifetime);
}
