package org.reclaim.api;

/**
 * A resource type as the platform sees it now.
 *
 * @param resourceType its name
 * @param bound        whether a cleanup is bound
 * @param ranking      the cleanup's effective ranking; 0 if none is bound
 * @param bundle       name and version of the bundle that the cleanup comes from; empty if none, or without OSGi
 * @param live         how many resources its table holds, of all processes; 0 for a type without a table
 * @param bytes        their size
 * @param stuckCalls   calls of its cleanup that are past their deadline and have not returned
 * @param limitation   what of it does not work here, and why; empty if everything does
 */
public record ResourceTypeInfo(
        String resourceType,
        boolean bound,
        int ranking,
        String bundle,
        long live,
        long bytes,
        int stuckCalls,
        String limitation) {}
