package org.reclaim.ipc.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code ipc} available without OSGi. */
public final class IpcProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return Ipc.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.IPC;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new Ipc(tables, System::getProperty);
    }
}
