package org.reclaim.api.mapping;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.reclaim.api.memory.MemoryLifetime;

/** A mapped region of a file, or an anonymous one, held by a process. Made by the {@link MmapManager}; thread-safe. */
public final class Mapping {

    private final MemorySegment segment;
    private final MappingArena arena;
    private final Optional<Path> path;
    private final long offset;
    private final Sharing sharing;
    private final Protection protection;
    private final MemoryLifetime lifetime;

    /**
     * For the resource type only.
     *
     * @param segment    what was mapped
     * @param arena      what unmaps it: the mapping's own, or its process's
     * @param path       the mapped file, absolute; empty for an anonymous region
     * @param offset     where in the file it begins
     * @param sharing    who sees what is written to it
     * @param protection whether it can be written to
     * @param lifetime   which arena it is
     */
    public Mapping(
            MemorySegment segment,
            MappingArena arena,
            Optional<Path> path,
            long offset,
            Sharing sharing,
            Protection protection,
            MemoryLifetime lifetime) {
        this.segment = Objects.requireNonNull(segment, "segment");
        this.arena = Objects.requireNonNull(arena, "arena");
        this.path = Objects.requireNonNull(path, "path");
        this.offset = offset;
        this.sharing = Objects.requireNonNull(sharing, "sharing");
        this.protection = Objects.requireNonNull(protection, "protection");
        this.lifetime = Objects.requireNonNull(lifetime, "lifetime");
        if (isForceable()) {
            // Last: whoever finds it there sees all of it.
            arena.forceAtTheEnd(this);
        }
    }

    /**
     * The memory. Any thread may use it while it is mapped.
     *
     * @return a segment whose every access throws {@link IllegalStateException} once it is unmapped, and
     *     {@link InternalError} where its file has been truncated (see {@link MmapManager}); read-only if
     *     {@link #protection()} says so
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
     * The file.
     *
     * @return the path by which it was mapped, absolute; empty for an anonymous region
     */
    public Optional<Path> path() {
        return path;
    }

    /**
     * Where in the file it begins.
     *
     * @return in bytes, from 0; 0 for an anonymous region
     */
    public long offset() {
        return offset;
    }

    /**
     * Who sees what is written to it.
     *
     * @return as it was chosen when mapping
     */
    public Sharing sharing() {
        return sharing;
    }

    /**
     * Whether it can be written to.
     *
     * @return as it was chosen when mapping
     */
    public Protection protection() {
        return protection;
    }

    /**
     * How long it lives.
     *
     * @return as it was chosen when mapping
     */
    public MemoryLifetime lifetime() {
        return lifetime;
    }

    /**
     * Forces all of it to disk, as {@link #force(long, long)} does.
     *
     * @throws IOException as there
     */
    public void force() throws IOException {
        force(0, byteSize());
    }

    /**
     * Waits until what was written to a part of a shared mapping of a file, with the whole pages around it, is on disk:
     * msync(2) with {@code MS_SYNC}. Then it survives a crash of the machine, as far as the file system and the device
     * keep their word; for a file that is not on a local device, nothing is promised. Without it, whoever reads the
     * file sees what was written all the same, and the kernel stores it later. Beyond the end of a file that was
     * truncated there is nothing to force, which is no failure. A virtual thread keeps its carrier while it waits, for
     * which the JDK makes up with another one.
     *
     * @param offset where in the mapping the part begins, in bytes, from 0
     * @param length its size in bytes, from 0
     * @throws IOException                   if something could not be stored. What, and whether it ever will be, is not
     *                                       known; another call that returns proves nothing
     * @throws IndexOutOfBoundsException     if the part is not within the mapping
     * @throws IllegalStateException         if it has been unmapped, be it meanwhile; whoever did that had it forced
     *                                       before
     * @throws UnsupportedOperationException if it is private, read-only or anonymous: there is nothing to force
     */
    public void force(long offset, long length) throws IOException {
        if (!isForceable()) {
            throw new UnsupportedOperationException(
                    "Only a shared writable mapping of a file can be forced to disk, not " + this);
        }
        try {
            segment.asSlice(offset, length).force();
        } catch (UncheckedIOException e) {
            // What is unmapped below msync(2) is "not mapped" to it. Whoever did that had it forced first.
            if (!segment.scope().isAlive()) {
                throw new IllegalStateException("Already closed", e);
            }
            throw new IOException("msync of " + this + ": " + e.getCause().getMessage(), e.getCause());
        }
    }

    private boolean isForceable() {
        return path.isPresent() && sharing == Sharing.SHARED && protection == Protection.READ_WRITE;
    }

    /**
     * What unmaps it; for the resource type only.
     *
     * @return the mapping's own arena, or its process's
     */
    public MappingArena arena() {
        return arena;
    }

    /**
     * What identifies it to people.
     *
     * @return file, region, mode and address
     */
    @Override
    public String toString() {
        return path.map(file -> file + ", " + byteSize() + " bytes from offset " + offset)
                .orElseGet(() -> "anonymous, " + byteSize() + " bytes")
                + " at 0x" + Long.toHexString(segment.address()) + ", " + sharing + " " + protection;
    }
}
