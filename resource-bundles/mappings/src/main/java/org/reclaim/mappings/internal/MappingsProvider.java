package org.reclaim.mappings.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code mappings} available without OSGi. */
public final class MappingsProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return Mappings.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.MAPPINGS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new Mappings(tables);
    }
}
