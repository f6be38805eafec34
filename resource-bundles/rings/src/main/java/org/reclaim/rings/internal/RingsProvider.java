package org.reclaim.rings.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code rings} available without OSGi. */
public final class RingsProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return Rings.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.RINGS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new Rings(tables, System::getProperty);
    }
}
