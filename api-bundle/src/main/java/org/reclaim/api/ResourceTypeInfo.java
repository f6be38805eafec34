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
 * @param refused      how many acquisitions a limit has refused
 */
public record ResourceTypeInfo(
        String resourceType,
        boolean bound,
        int ranking,
        String bundle,
        long live,
        long bytes,
        int stuckCalls,
        String limitation,
        long refused) {

    /**
     * A type of which nothing was refused.
     *
     * @param resourceType its name
     * @param bound        whether a cleanup is bound
     * @param ranking      the cleanup's effective ranking
     * @param bundle       where the cleanup comes from
     * @param live         how many resources its table holds
     * @param bytes        their size
     * @param stuckCalls   calls of its cleanup that are past their deadline
     * @param limitation   what of it does not work here
     */
    public ResourceTypeInfo(
            String resourceType,
            boolean bound,
            int ranking,
            String bundle,
            long live,
            long bytes,
            int stuckCalls,
            String limitation) {
        this(resourceType, bound, ranking, bundle, live, bytes, stuckCalls, limitation, 0);
    }
}
