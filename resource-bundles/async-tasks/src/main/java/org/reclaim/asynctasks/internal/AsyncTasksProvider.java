package org.reclaim.asynctasks.internal;

import java.time.Duration;
import java.util.function.Supplier;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code async_tasks} available without OSGi. Its grace time can be set by a system property. */
public final class AsyncTasksProvider implements ResourceTypeProvider {

    /** Asked when the type is made: a wrong setting is a fault of that, not of looking for types. */
    private final Supplier<Duration> grace;

    /** With the grace time that is configured. */
    public AsyncTasksProvider() {
        this.grace = () -> GraceTime.of(System::getProperty);
    }

    AsyncTasksProvider(Duration grace) {
        this.grace = () -> grace;
    }

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
        return new AsyncTasks(tables, grace.get());
    }
}
