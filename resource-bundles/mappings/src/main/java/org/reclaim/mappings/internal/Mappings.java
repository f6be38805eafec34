package org.reclaim.mappings.internal;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
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
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MappingArena;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.syscalls.SharedMemory;

/** The type {@code mappings}: maps files and anonymous regions for processes, and unmaps them. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.mapping.MmapManager")
@ServiceRanking(CleanupRanking.MAPPINGS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.mapping.MmapManager\"",
        uses = MmapManager.class,
        effective = "active")
public final class Mappings implements ResourceCleanup, MmapManager {

    static final String TYPE = "mappings";

    private final MappingReleaser releaser = new MappingReleaser();

    /** Of mappings and, one for each process, arenas. */
    private final ResourceTable<Object> table;

    /**
     * Opens the table.
     *
     * @param tables where mappings are tracked
     */
    @Activate
    public Mappings(@Reference ResourceTables tables) {
        table = tables.open(TYPE, Object.class, releaser);
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public ResourceHandle<Mapping> mapFile(
            long pid,
            Path path,
            long offset,
            long byteSize,
            Sharing sharing,
            Protection protection,
            MemoryLifetime lifetime)
            throws IOException {
        var region = Region.ofFile(path, offset, byteSize, sharing, protection, lifetime);
        return map(pid, region, () -> MappableFile.open(region.path().orElseThrow(), region));
    }

    @Override
    public ResourceHandle<Mapping> mapAnonymous(
            long pid, long byteSize, Sharing sharing, Protection protection, MemoryLifetime lifetime)
            throws IOException {
        var region = Region.anonymous(byteSize, sharing, protection, lifetime);
        return map(pid, region, () -> SharedMemory.anonymous("reclaim-" + pid, byteSize));
    }

    private ResourceHandle<Mapping> map(long pid, Region region, Opening opening) throws IOException {
        try (var place = table.reserve(pid, region.byteSize()); var channel = opening.open()) {
            return switch (region.lifetime()) {
                case PROCESS -> mapUntilEnd(place, pid, region, channel);
                case HANDLE -> mapUntilClosed(place, pid, region, channel);
            };
        }
    }

    private ResourceHandle<Mapping> mapUntilEnd(
            Reservation<Object> place, long pid, Region region, FileChannel channel) throws IOException {
        var arena = table.one(pid, MappingArena.class, () -> new MappingArena(pid));
        MemorySegment segment;
        try {
            segment = mapAndClose(channel, region, arena);
        } catch (IllegalStateException e) {
            if (arena.arena().scope().isAlive()) {
                throw e;
            }
            // Only the end of its process closes it.
            var ended = new ProcessEndedException(pid, "acquire " + TYPE);
            ended.addSuppressed(e);
            throw ended;
        }
        var mapping = region.mappedAs(segment, arena);
        // If this is refused the end is running, and closes the arena after all else of the process.
        return place.trackUntilEnd(mapping, mapping.toString());
    }

    private static ResourceHandle<Mapping> mapUntilClosed(
            Reservation<Object> place, long pid, Region region, FileChannel channel) throws IOException {
        var arena = new MappingArena(pid);
        try {
            var mapping = region.mappedAs(mapAndClose(channel, region, arena), arena);
            return place.track(mapping, mapping.toString());
        } catch (IOException | RuntimeException | Error e) {
            arena.arena().close();
            throw e;
        }
    }

    /** A mapping lives on its own. The channel is closed before it is tracked: if that fails, its user gets nothing. */
    private static MemorySegment mapAndClose(FileChannel channel, Region region, MappingArena arena)
            throws IOException {
        try {
            var segment = channel.map(region.mode(), region.offset(), region.byteSize(), arena.arena());
            channel.close();
            return segment;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // The JDK does not say of which file.
            throw new IOException("Mapping " + region + ": " + e.getMessage(), e);
        }
    }

    /**
     * First forces all that has to be on disk, then unmaps. If the disk hangs, so does this, and the process keeps all
     * its mappings until that is over: the price of the order. What its user has closed already, and the end is needed
     * to unmap, is forced when it is its turn.
     */
    @Override
    public CleanupStats cleanup(long pid) {
        return MappingReleaser.counting(() -> {
            table.forEach(pid, releaser::force);
            return table.releaseAll(pid);
        });
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }

    /** Opens what is to be mapped; leaves nothing behind if it throws. */
    @FunctionalInterface
    private interface Opening {
        FileChannel open() throws IOException;
    }
}
