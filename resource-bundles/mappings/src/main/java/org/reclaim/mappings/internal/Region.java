package org.reclaim.mappings.internal;

import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MappingArena;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;

/** What is to be mapped, and how. Refuses what can't be, as far as that can be told without looking at the file. */
record Region(
        Optional<Path> path,
        long offset,
        long byteSize,
        Sharing sharing,
        Protection protection,
        MemoryLifetime lifetime) {

    Region {
        if (offset < 0) {
            throw new IllegalArgumentException("offset is " + offset + ", must be 0 or more");
        }
        if (byteSize < 1) {
            throw new IllegalArgumentException("byteSize is " + byteSize + ", must be 1 or more");
        }
        if (byteSize > Long.MAX_VALUE - offset) {
            throw new IllegalArgumentException("offset is " + offset + " and byteSize " + byteSize
                    + ", their sum must be at most " + Long.MAX_VALUE);
        }
        Objects.requireNonNull(sharing, "sharing");
        Objects.requireNonNull(protection, "protection");
        Objects.requireNonNull(lifetime, "lifetime");
    }

    static Region ofFile(
            Path path, long offset, long byteSize, Sharing sharing, Protection protection, MemoryLifetime lifetime) {
        Objects.requireNonNull(path, "path");
        // Only its paths are of the JDK; those of a bundle's file system would keep that bundle's classes.
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("path is " + path + " of " + path.getFileSystem()
                    + ", must be of the default file system");
        }
        return new Region(Optional.of(path.toAbsolutePath()), offset, byteSize, sharing, protection, lifetime);
    }

    static Region anonymous(long byteSize, Sharing sharing, Protection protection, MemoryLifetime lifetime) {
        return new Region(Optional.empty(), 0, byteSize, sharing, protection, lifetime);
    }

    /** Where it ends in the file. */
    long end() {
        return offset + byteSize;
    }

    /** Whether it may end beyond the end of its file: what is written there goes into the file. */
    boolean extendsFile() {
        return mode() == MapMode.READ_WRITE;
    }

    /** Without writing, shared and private are the same; so the JDK has one mode for both, which is enough to read. */
    MapMode mode() {
        return switch (protection) {
            case READ_ONLY -> MapMode.READ_ONLY;
            case READ_WRITE -> sharing == Sharing.SHARED ? MapMode.READ_WRITE : MapMode.PRIVATE;
        };
    }

    Mapping mappedAs(MemorySegment segment, MappingArena arena) {
        return new Mapping(segment, arena, path, offset, sharing, protection, lifetime);
    }

    @Override
    public String toString() {
        return byteSize + " bytes" + path.map(file -> " from offset " + offset + " of " + file).orElse("");
    }
}
