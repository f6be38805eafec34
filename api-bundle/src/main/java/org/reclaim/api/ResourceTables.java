package org.reclaim.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where authors of resource types keep what processes hold. The tables belong to the platform, not to the bundle that
 * opens them: entries survive when that bundle is stopped or replaced, and the next opener of the type frees them.
 *
 * <p>In OSGi this service is bundle-scoped: the platform knows the opener, and detaches it by itself when its bundle
 * stops or lets go of the service. Thread-safe.
 */
@ProviderType
public interface ResourceTables {

    /**
     * Opens the table of a type, new or with the entries of earlier openers. Where two have it open, the last one's
     * releaser counts, and the other's again when that one detaches.
     *
     * @param resourceType the type, named as for {@link ResourceCleanup#resourceType()}
     * @param resource     the common supertype of all its resources: a class of the JDK or of an API bundle
     * @param releaser     how to free one; called from many threads, for different resources at a time
     * @param <R>          that supertype
     * @return this opener's view of the table
     * @throws IllegalArgumentException if the name is no type name, if {@code resource} is defined by the opener's own
     *                                  bundle, or if the table exists with another class
     */
    <R> ResourceTable<R> open(String resourceType, Class<R> resource, Releaser<? super R> releaser);

    /**
     * The processes whose resources the tables hold, for types that have to look at them: who is a command, what is its
     * pid of the operating system.
     *
     * @return the platform's process manager
     */
    ProcessManager processes();
}
