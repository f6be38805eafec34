package org.reclaim.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes a resource type available without OSGi. Named in {@code META-INF/services}, with a public constructor without
 * arguments.
 */
@ConsumerType
public interface ResourceTypeProvider {

    /**
     * The type.
     *
     * @return what {@link ResourceCleanup#resourceType()} of the created cleanup returns
     */
    String resourceType();

    /**
     * The place of its cleanup in the order; the highest is first. See {@link CleanupRanking}.
     *
     * @return the ranking
     */
    int ranking();

    /**
     * Makes the cleanup, which also implements the type's manager interfaces.
     *
     * @param tables where it keeps its resources
     * @return a new cleanup
     */
    ResourceCleanup create(ResourceTables tables);
}
