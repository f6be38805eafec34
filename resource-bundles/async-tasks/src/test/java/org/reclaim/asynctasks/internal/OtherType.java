package org.reclaim.asynctasks.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** A type of which every process holds something. */
record OtherType(String resourceType, int ranking, Cleaning cleaning) implements ResourceTypeProvider {

    /** What it does when a process is cleaned. */
    @FunctionalInterface
    interface Cleaning {
        void run() throws InterruptedException;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        var cleaned = new AtomicBoolean();
        return new ResourceCleanup() {
            @Override
            public CleanupStats cleanup(long pid) {
                try {
                    cleaning.run();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                cleaned.set(true);
                return CleanupStats.NONE;
            }

            @Override
            public String resourceType() {
                return resourceType;
            }

            @Override
            public boolean hasResources(long pid) {
                return !cleaned.get();
            }
        };
    }
}
