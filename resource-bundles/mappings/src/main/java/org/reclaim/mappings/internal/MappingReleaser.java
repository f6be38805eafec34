package org.reclaim.mappings.internal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Releaser;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MappingArena;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees what the table of this type holds: mappings, and the arenas that processes have for theirs.
 *
 * <p>The first mapping of a process's arena to be released closes that arena, and unmaps all that is in it; they are
 * released together, at the end, so nobody loses what he may still use. The arena itself comes last, for what was
 * mapped in it and then refused.
 *
 * <p>It waits for the disk, so it is not {@linkplain #nonBlocking non-blocking}.
 */
final class MappingReleaser implements Releaser<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(MappingReleaser.class);

    /** Where those are counted that could not be forced, during a cleanup. */
    private static final ScopedValue<AtomicInteger> NOT_FORCED = ScopedValue.newInstance();

    /** Runs a cleanup, and adds to its errors how many could not be forced: they are unmapped all the same. */
    static CleanupStats counting(Supplier<CleanupStats> cleanup) {
        var notForced = new AtomicInteger();
        var stats = ScopedValue.where(NOT_FORCED, notForced).call(cleanup::get);
        return new CleanupStats(
                stats.resourcesFreed(),
                stats.bytesFreed(),
                stats.errorsEncountered() + notForced.get(),
                stats.cleanupDuration(),
                stats.byType());
    }

    @Override
    public void release(Object resource) {
        var arena = arenaOf(resource);
        tell(arena, arena.release());
    }

    /** Forces what has to be on disk before it is unmapped. */
    void force(Object resource) {
        var arena = arenaOf(resource);
        tell(arena, arena.force());
    }

    private static MappingArena arenaOf(Object resource) {
        return switch (resource) {
            case Mapping mapping -> mapping.arena();
            case MappingArena arena -> arena;
            default -> throw new IllegalArgumentException(
                    "No resource of this type: " + resource.getClass().getName());
        };
    }

    private static void tell(MappingArena arena, List<IOException> failures) {
        if (NOT_FORCED.isBound()) {
            NOT_FORCED.get().addAndGet(failures.size());
        }
        for (var failure : failures) {
            LOG.warn(
                    "{} of process {}: what was written may not be on disk, it is unmapped all the same: {}",
                    Mappings.TYPE,
                    arena.pid(),
                    failure.getMessage(),
                    failure);
        }
    }
}
