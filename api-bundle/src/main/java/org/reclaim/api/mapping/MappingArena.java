package org.reclaim.api.mapping;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * What unmaps mappings, one or all that live as long as their process, and knows which of them have to be on disk
 * before; for the resource type only. Thread-safe.
 *
 * <p>Forcing and unmapping exclude each other, so nothing is unmapped while it is being forced for the end.
 */
public final class MappingArena {

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final long pid;
    private final Arena arena = Arena.ofShared();

    /** Those to be forced. What is added while they are being forced is of an acquisition that will be refused. */
    private final Queue<Mapping> toForce = new ConcurrentLinkedQueue<>();

    /** Whether they have been: a second msync(2) can cost the disk as much as the first. Guarded by this. */
    private boolean forced;

    /** When, by {@link System#nanoTime}. */
    private long forcedAt;

    /** Whether it could not be unmapped because somebody used it. */
    private boolean inUse;

    /**
     * Makes one that nothing is mapped in.
     *
     * @param pid the owner of what will be mapped
     */
    public MappingArena(long pid) {
        this.pid = pid;
    }

    /**
     * The owner of what is mapped.
     *
     * @return a pid, from 1
     */
    public long pid() {
        return pid;
    }

    /**
     * What to map in. To be closed directly only if nobody has seen what was mapped.
     *
     * @return a shared arena
     */
    public Arena arena() {
        return arena;
    }

    void forceAtTheEnd(Mapping mapping) {
        toForce.add(mapping);
    }

    /**
     * Forces what has to be on disk before it is unmapped, unless that has been done. Waits for the disk. Goes on after
     * each that fails, and does not try it again.
     *
     * @return why some could not be forced; each says which
     */
    public synchronized List<IOException> force() {
        if (isForced() || !arena.scope().isAlive()) {
            return List.of();
        }
        var failures = new ArrayList<IOException>();
        for (var mapping : toForce) {
            try {
                mapping.force();
            } catch (IOException e) {
                failures.add(e);
            }
        }
        forced = true;
        forcedAt = System.nanoTime();
        return List.copyOf(failures);
    }

    /** Who uses a mapping goes on writing; but the other mappings of the arena are tried right after this one. */
    private boolean isForced() {
        return forced && !(inUse && System.nanoTime() - forcedAt > AGAIN_NANOS);
    }

    /**
     * Forces what has not been, then unmaps everything. Does nothing if that has been done.
     *
     * @return as {@link #force()}: it was unmapped all the same
     * @throws IllegalStateException if a running call uses a mapping: all are still held, and to be forced again
     */
    public synchronized List<IOException> release() {
        var failures = force();
        try {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } catch (IllegalStateException e) {
            inUse = true;
            failures.forEach(e::addSuppressed);
            throw e;
        }
        return failures;
    }
}
