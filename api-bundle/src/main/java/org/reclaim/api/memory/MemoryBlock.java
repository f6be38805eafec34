package org.reclaim.api.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A block of off-heap memory that a process holds. Made by the {@link MemoryManager}; thread-safe. */
public final class MemoryBlock {

    private final MemorySegment segment;
    private final Arena arena;
    private final MemoryLifetime lifetime;

    /**
     * For the resource type only.
     *
     * @param segment  the memory
     * @param arena    what frees it: the block's own, or its process's
     * @param lifetime which of the two
     */
    public MemoryBlock(MemorySegment segment, Arena arena, MemoryLifetime lifetime) {
        this.segment = Objects.requireNonNull(segment, "segment");
        this.arena = Objects.requireNonNull(arena, "arena");
        this.lifetime = Objects.requireNonNull(lifetime, "lifetime");
    }

    /**
     * The memory. Any thread may use it while it lives.
     *
     * @return a segment whose every access throws {@link IllegalStateException} once the memory is freed
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * The size.
     *
     * @return in bytes, from 1
     */
    public long byteSize() {
        return segment.byteSize();
    }

    /**
     * How long it lives.
     *
     * @return as it was chosen when allocated
     */
    public MemoryLifetime lifetime() {
        return lifetime;
    }

    /**
     * Frees the memory, together with all else of the same arena; for the resource type only. Does nothing if that has
     * been done.
     *
     * @throws IllegalStateException if a running call uses the memory: it is still held
     */
    public void release() {
        try {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } catch (IllegalStateException e) {
            // Another thread may have closed it since it was looked at, for another block of the same arena.
            if (arena.scope().isAlive()) {
                throw e;
            }
        }
    }
}
