package com.example.watches.internal;

import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type available without OSGi. */
public final class DirectoryWatchesProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return DirectoryWatches.TYPE;
    }

    @Override
    public int ranking() {
        return DirectoryWatches.RANKING;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new DirectoryWatches(tables);
    }
}
