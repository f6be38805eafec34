package org.reclaim.benchmarks;

import java.io.IOException;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.ring.ZeroCopyRing;
import org.reclaim.rings.internal.ZeroCopyRings;

/** The type {@code rings} with its zero-copy rings alone. */
final class RingType implements ResourceTypeProvider, ResourceCleanup {

    private ResourceTable<Object> table;
    private ZeroCopyRings rings;

    /** The manager, once a platform is built with it. */
    ZeroCopyIpc rings() {
        return rings;
    }

    @Override
    public String resourceType() {
        return "rings";
    }

    @Override
    public int ranking() {
        return CleanupRanking.RINGS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        table = tables.open("rings", Object.class, this::release);
        rings = new ZeroCopyRings(table, "reclaim-benchmark-" + ProcessHandle.current().pid() + "-");
        return this;
    }

    private void release(Object ring) throws IOException {
        rings.release((ZeroCopyRing) ring);
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
