package org.reclaim.api;

/** Thrown when an acquisition, or the start of a process, would exceed a limit. Nothing was acquired or started. */
public class ResourceLimitException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says limit, use and request, in bytes.
     *
     * @param resourceType the type
     * @param scope        whose limit: "process 5" or "all processes together"
     * @param limit        the limit, in bytes
     * @param used         what is in use, in bytes
     * @param requested    what was asked for, in bytes
     */
    public ResourceLimitException(String resourceType, String scope, long limit, long used, long requested) {
        this(resourceType, "bytes", scope, limit, used, requested);
    }

    /**
     * Says limit, use and request.
     *
     * @param what      what is limited: a type, or processes
     * @param unit      in what it is counted: "bytes", "resources"
     * @param scope     whose limit: "process 5" or "all processes together"
     * @param limit     the limit
     * @param used      what is in use
     * @param requested what was asked for
     */
    public ResourceLimitException(String what, String unit, String scope, long limit, long used, long requested) {
        super("%s: %d %s requested, %d of the %d %s that %s may hold are in use"
                .formatted(what, requested, unit, used, limit, unit, scope));
    }
}
