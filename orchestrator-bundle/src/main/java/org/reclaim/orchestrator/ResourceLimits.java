package org.reclaim.orchestrator;

/**
 * How much of one resource type may be held.
 *
 * @param bytesPerProcess what one process may hold, from 0
 * @param bytesInTotal    what all processes together may hold, from 0
 */
public record ResourceLimits(long bytesPerProcess, long bytesInTotal) {

    /** No limit. */
    public static final ResourceLimits NONE = new ResourceLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    /**
     * Refuses negative limits.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public ResourceLimits {
        if (bytesPerProcess < 0 || bytesInTotal < 0) {
            throw new IllegalArgumentException("limits are " + bytesPerProcess + " per process and " + bytesInTotal
                    + " in total, must be 0 or more");
        }
    }
}
