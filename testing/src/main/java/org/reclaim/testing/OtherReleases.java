package org.reclaim.testing;

import org.reclaim.api.ProcessManager;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/**
 * A resource type whose resources are released in another way than its own, so that a test can decide what happens
 * around a release.
 *
 * @param provider makes the type
 * @param release  is called in place of its releaser
 */
public record OtherReleases(ResourceTypeProvider provider, Release release) implements ResourceTypeProvider {

    /** Releases a resource. */
    @FunctionalInterface
    public interface Release {

        /**
         * Releases it, by {@code own} or not.
         *
         * @param own      what the type would do
         * @param resource the resource
         * @throws Exception if it is still held
         */
        void release(Releaser<Object> own, Object resource) throws Exception;
    }

    @Override
    public String resourceType() {
        return provider.resourceType();
    }

    @Override
    public int ranking() {
        return provider.ranking();
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return provider.create(new ResourceTables() {
            @Override
            public <R> ResourceTable<R> open(String type, Class<R> resource, Releaser<? super R> releaser) {
                @SuppressWarnings("unchecked") // the table hands it only what it took, and that is an R
                var own = (Releaser<Object>) releaser;
                return tables.open(type, resource, tracked -> release.release(own, tracked));
            }

            @Override
            public ProcessManager processes() {
                return tables.processes();
            }
        });
    }
}
