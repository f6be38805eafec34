package org.reclaim.sockets.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code sockets} available without OSGi. */
public final class SocketsProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return Sockets.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.SOCKETS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new Sockets(tables);
    }
}
