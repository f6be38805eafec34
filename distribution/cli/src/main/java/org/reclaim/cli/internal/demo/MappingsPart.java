package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;

/** A shared and a private mapping of a file that has no name any more, and anonymous regions of both lifetimes. */
@Component
public final class MappingsPart implements DemoPart {

    private static final long SIZE = 64 << 10;

    private final MmapManager mappings;

    @Activate
    public MappingsPart(@Reference(target = "(reclaim.available=true)") MmapManager mappings) {
        this.mappings = mappings;
    }

    @Override
    public String resourceType() {
        return "mappings";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        // The kernel knows its mappings by the real path.
        var file = Files.createTempFile("reclaim-demo-", ".mapped").toRealPath();
        try {
            return List.of(
                    ofFile("shared file mapping", pid, file, Sharing.SHARED),
                    ofFile("private file mapping", pid, file, Sharing.PRIVATE),
                    anonymous(pid, Sharing.SHARED, MemoryLifetime.HANDLE),
                    anonymous(pid, Sharing.PRIVATE, MemoryLifetime.PROCESS));
        } finally {
            // From now on the mappings are all that keeps it.
            Files.delete(file);
        }
    }

    private Exhibit ofFile(String what, long pid, Path file, Sharing sharing) throws IOException {
        var mapping = mappings.mapFile(pid, file, 0, SIZE, sharing, Protection.READ_WRITE).get();
        return exhibit(what, mapping.toString(), mapping, file.toString());
    }

    private Exhibit anonymous(long pid, Sharing sharing, MemoryLifetime lifetime) throws IOException {
        var mapping = mappings.mapAnonymous(pid, SIZE, sharing, Protection.READ_WRITE, lifetime).get();
        var where = "%d bytes at 0x%x, %s (%s lifetime)"
                .formatted(SIZE, mapping.segment().address(), sharing, lifetime);
        return exhibit("anonymous mapping", where, mapping, "/memfd:reclaim-" + pid);
    }

    private static Exhibit exhibit(String what, String where, Mapping mapping, String name) {
        var segment = mapping.segment();
        segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return new Exhibit(what, where, () -> isReadable(segment) || Kernel.hasMapped(name));
    }

    private static boolean isReadable(MemorySegment segment) {
        try {
            return segment.get(ValueLayout.JAVA_BYTE, 0) == 1;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
