package org.reclaim.memory.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.Reservation;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.memory.MemoryBlock;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.api.memory.MemoryManager;

/** The type {@code memory}: allocates blocks for processes, and frees them. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.memory.MemoryManager")
@ServiceRanking(CleanupRanking.MEMORY)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.memory.MemoryManager\"",
        uses = MemoryManager.class,
        effective = "active")
public final class OffHeapMemory implements ResourceCleanup, MemoryManager {

    static final String TYPE = "memory";

    /** Of blocks and, one for each process, arenas. */
    private final ResourceTable<Object> table;

    /**
     * Opens the table.
     *
     * @param tables where blocks are tracked
     */
    @Activate
    public OffHeapMemory(@Reference ResourceTables tables) {
        table = tables.open(TYPE, Object.class, new BlockReleaser());
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public ResourceHandle<MemoryBlock> allocate(long pid, long byteSize, long alignment, MemoryLifetime lifetime) {
        requireValid(byteSize, alignment);
        Objects.requireNonNull(lifetime, "lifetime");
        try (var place = table.reserve(pid, byteSize)) {
            return switch (lifetime) {
                case PROCESS -> allocateUntilEnd(place, pid, byteSize, alignment);
                case HANDLE -> allocateUntilClosed(place, byteSize, alignment);
            };
        }
    }

    private ResourceHandle<MemoryBlock> allocateUntilEnd(
            Reservation<Object> place, long pid, long byteSize, long alignment) {
        var arena = table.one(pid, Arena.class, Arena::ofShared);
        MemorySegment segment;
        try {
            segment = arena.allocate(byteSize, alignment);
        } catch (IllegalStateException e) {
            // An arena refuses for one reason: it was closed, and only the end of its process does that.
            var ended = new ProcessEndedException(pid, "acquire " + TYPE);
            ended.addSuppressed(e);
            throw ended;
        }
        // If this is refused the end is running, and closes the arena after all else of the process.
        return place.trackUntilEnd(new MemoryBlock(segment, arena, MemoryLifetime.PROCESS), label(segment));
    }

    private static ResourceHandle<MemoryBlock> allocateUntilClosed(
            Reservation<Object> place, long byteSize, long alignment) {
        var arena = Arena.ofShared();
        try {
            var segment = arena.allocate(byteSize, alignment);
            return place.track(new MemoryBlock(segment, arena, MemoryLifetime.HANDLE), label(segment));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static String label(MemorySegment segment) {
        return segment.byteSize() + " bytes at 0x" + Long.toHexString(segment.address());
    }

    private static void requireValid(long byteSize, long alignment) {
        if (byteSize < 1) {
            throw new IllegalArgumentException("byteSize is " + byteSize + ", must be 1 or more");
        }
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "alignment is " + alignment + ", must be a power of two from 1 to " + MAX_ALIGNMENT);
        }
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
