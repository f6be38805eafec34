package org.reclaim.api;

/**
 * Thrown by {@link ResourceHandle#close()} when the releaser threw; its exception is the cause. The resource is closed
 * for its user and still held; it is released again at the end of its process.
 */
public class ReleaseFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Names the resource.
     *
     * @param resourceType its type
     * @param pid          its owner
     * @param label        what identifies it
     * @param cause        what the releaser threw
     */
    public ReleaseFailedException(String resourceType, long pid, String label, Throwable cause) {
        super("Process " + pid + " could not release " + label + " of " + resourceType + ": " + text(cause), cause);
    }

    /** The cause is foreign: even to ask for its text may throw, which must not take the place of this exception. */
    private static String text(Throwable cause) {
        try {
            return String.valueOf(cause);
        } catch (Throwable t) {
            return cause.getClass().getName();
        }
    }
}
