package org.reclaim.asynctasks.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code async_tasks} available without OSGi. Its grace time can be set by a system property. */
public final class AsyncTasksProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return AsyncTasks.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.ASYNC_TASKS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new AsyncTasks(tables, GraceTime.of(System::getProperty));
    }
}
