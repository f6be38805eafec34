package org.reclaim.memory.internal;

import java.lang.foreign.Arena;
import org.reclaim.api.Releaser;
import org.reclaim.api.memory.MemoryBlock;

/**
 * Frees what the table of this type holds: blocks, and the arenas that processes have for their blocks.
 *
 * <p>The first block of a process's arena to be released closes that arena, and frees all its blocks; they are released
 * together, at the end, so nobody loses memory that he may still use. The arena itself comes last, for blocks that were
 * allocated in it and then refused.
 */
final class BlockReleaser implements Releaser<Object> {

    @Override
    public void release(Object resource) {
        switch (resource) {
            case MemoryBlock block -> block.release();
            case Arena arena -> {
                if (arena.scope().isAlive()) {
                    arena.close();
                }
            }
            default -> throw new IllegalArgumentException(
                    "No memory of this type: " + resource.getClass().getName());
        }
    }

    /** A handshake with the other threads, but no waiting for what they do. */
    @Override
    public boolean nonBlocking() {
        return true;
    }
}
