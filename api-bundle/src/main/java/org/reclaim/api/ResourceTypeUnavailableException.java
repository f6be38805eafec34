package org.reclaim.api;

/** Thrown by a manager whose resource bundle is away and did not come back in time. Nothing was acquired. */
public class ResourceTypeUnavailableException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what is away.
     *
     * @param message the manager or type, and how long was waited
     */
    public ResourceTypeUnavailableException(String message) {
        super(message);
    }

    /**
     * Says what is away, and how that showed.
     *
     * @param message the manager or type
     * @param cause   what the call ran into
     */
    public ResourceTypeUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
