package org.reclaim.signals.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code signals} available without OSGi. */
public final class SignalsProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return Signals.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.SIGNALS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new Signals(tables);
    }
}
