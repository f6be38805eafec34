package org.reclaim.cli.internal.demo;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.memory.MemoryLifetime;
import org.reclaim.api.memory.MemoryManager;

/** Off-heap blocks of both lifetimes. */
@Component
public final class MemoryPart implements DemoPart {

    private static final long SMALL = 64 << 10;
    private static final long LARGE = 1 << 20;
    private static final long PAGE = 4 << 10;

    private final MemoryManager memory;

    @Activate
    public MemoryPart(@Reference(target = "(reclaim.available=true)") MemoryManager memory) {
        this.memory = memory;
    }

    @Override
    public String resourceType() {
        return "memory";
    }

    @Override
    public List<Exhibit> acquire(long pid) {
        return List.of(
                block(pid, SMALL, MemoryLifetime.PROCESS),
                block(pid, SMALL, MemoryLifetime.PROCESS),
                block(pid, LARGE, MemoryLifetime.HANDLE));
    }

    private Exhibit block(long pid, long byteSize, MemoryLifetime lifetime) {
        var segment = memory.allocate(pid, byteSize, PAGE, lifetime).get().segment();
        segment.fill((byte) 1);
        return new Exhibit(
                "off-heap block",
                "%d bytes at 0x%x (%s lifetime)".formatted(byteSize, segment.address(), lifetime),
                () -> isReadable(segment));
    }

    private static boolean isReadable(MemorySegment segment) {
        try {
            segment.get(ValueLayout.JAVA_BYTE, 0);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
