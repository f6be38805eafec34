package org.reclaim.memory.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code memory} available without OSGi. */
public final class MemoryProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return OffHeapMemory.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.MEMORY;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new OffHeapMemory(tables);
    }
}
