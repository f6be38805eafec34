package org.reclaim.orchestrator;

/**
 * How much of one resource type may be held.
 *
 * @param bytesPerProcess     what one process may hold, from 0
 * @param bytesInTotal        what all processes together may hold, from 0
 * @param resourcesPerProcess how many resources one process may hold, from 0
 * @param resourcesInTotal    how many all processes together may hold, from 0
 */
public record ResourceLimits(
        long bytesPerProcess, long bytesInTotal, long resourcesPerProcess, long resourcesInTotal) {

    /** No limit. */
    public static final ResourceLimits NONE = new ResourceLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Refuses negative limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public ResourceLimits {
        if (bytesPerProcess < 0 || bytesInTotal < 0 || resourcesPerProcess < 0 || resourcesInTotal < 0) {
            throw new IllegalArgumentException("limits are %d bytes and %d resources per process, %d bytes and %d"
                    .formatted(bytesPerProcess, resourcesPerProcess, bytesInTotal, resourcesInTotal)
                    + " resources in total, must be 0 or more");
        }
    }

    /**
     * Limits bytes only.
     *
     * @param bytesPerProcess what one process may hold, from 0
     * @param bytesInTotal    what all processes together may hold, from 0
     * @throws IllegalArgumentException if one is negative
     */
    public ResourceLimits(long bytesPerProcess, long bytesInTotal) {
        this(bytesPerProcess, bytesInTotal, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * The same bytes, and a number of resources.
     *
     * @param perProcess how many resources one process may hold, from 0
     * @param inTotal    how many all processes together may hold, from 0
     * @return changed limits
     */
    public ResourceLimits withResources(long perProcess, long inTotal) {
        return new ResourceLimits(bytesPerProcess, bytesInTotal, perProcess, inTotal);
    }
}
