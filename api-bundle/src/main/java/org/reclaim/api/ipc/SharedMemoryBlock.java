package org.reclaim.api.ipc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Shared memory, as one process has it mapped: the owner, who created it, or another that attached by its name. Each
 * has a mapping of its own, at its own address, of the same memory. Any thread may use it.
 *
 * <p>This mapping lasts until its handle is closed or its process ends, whatever becomes of the owner. The owner's is
 * more: with it goes the name, and nobody can attach any more.
 *
 * <p>Programs of any language can open the memory by {@link #kernelName()}, if they run as the same user. They can also
 * shrink it, and then an access beyond its new end throws {@link InternalError} here; or unlink it, and then nobody can
 * attach any more. (Python's {@code multiprocessing.shared_memory} unlinks what it has opened, when its program ends,
 * unless it was opened with {@code track=False}.)
 */
public final class SharedMemoryBlock {

    private final MemoryObject memory;
    private final long pid;
    private final MemoryAccess access;
    private final boolean owner;
    private final Arena arena;
    private final MemorySegment segment;

    SharedMemoryBlock(
            MemoryObject memory, long pid, MemoryAccess access, boolean owner, Arena arena, MemorySegment segment) {
        this.memory = memory;
        this.pid = pid;
        this.access = access;
        this.owner = owner;
        this.arena = arena;
        this.segment = segment;
    }

    /**
     * Its name within the platform.
     *
     * @return as it was created
     */
    public String name() {
        return memory.name();
    }

    /**
     * Its name for the kernel and for other programs.
     *
     * @return what shm_open(3) takes, with a slash in front; a file of this name is in {@code /dev/shm}
     */
    public String kernelName() {
        return "/" + memory.kernelName();
    }

    /**
     * Who created it.
     *
     * @return the pid of its owner, from 1
     */
    public long ownerPid() {
        return memory.ownerPid();
    }

    /**
     * Whether this is the mapping of the owner.
     *
     * @return true for what was created, false for what was attached
     */
    public boolean isOwner() {
        return owner;
    }

    /**
     * Whether it still has its name: the owner has neither closed it nor ended.
     *
     * @return true if it can be opened by its name; the memory is here in any case
     */
    public boolean isNamed() {
        return memory.isOpen();
    }

    /**
     * What can be done with it.
     *
     * @return both for the owner
     */
    public MemoryAccess access() {
        return access;
    }

    /**
     * The size.
     *
     * @return in bytes, from 1
     */
    public long byteSize() {
        return memory.byteSize();
    }

    /**
     * The memory. Any thread may use it while it is mapped; others who have it mapped see what is written.
     *
     * @return a segment whose every access throws {@link IllegalStateException} once it is unmapped
     */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives the name back, after it was unlinked; for the resource type only. */
    public void unlinked() {
        memory.unlinked();
    }

    /**
     * Unmaps this mapping; for the resource type only. Does nothing if that has been done.
     *
     * @throws IllegalStateException if a running call uses the memory: it is still held
     */
    public void unmap() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    /**
     * For people.
     *
     * @return such as {@code shared memory 'frames' of process 3, mapped by process 4}
     */
    @Override
    public String toString() {
        return memory + ", mapped by process " + pid;
    }
}
