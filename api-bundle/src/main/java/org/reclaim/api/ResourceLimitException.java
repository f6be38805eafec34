package org.reclaim.api;

/** Thrown when an acquisition would exceed a limit. Nothing was acquired. */
public class ResourceLimitException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says limit, use and request.
     *
     * @param resourceType the type
     * @param scope        whose limit: "process 5" or "the platform"
     * @param limit        the limit, in bytes
     * @param used         what is in use, in bytes
     * @param requested    what was asked for, in bytes
     */
    public ResourceLimitException(String resourceType, String scope, long limit, long used, long requested) {
        super("%s: %d bytes requested, %d of the %d bytes that %s may hold are in use"
                .formatted(resourceType, requested, used, limit, scope));
    }
}
