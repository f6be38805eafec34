package org.reclaim.api;

/**
 * One resource of a process.
 *
 * @param resourceType its type
 * @param label        what identifies it: path, address, size; the name of its class if its manager gave none
 * @param bytes        its size; 0 where the type has none
 * @param state        where it is in its life
 */
public record ResourceInfo(String resourceType, String label, long bytes, State state) {

    /** The life of a resource. */
    public enum State {
        /** In use. */
        LIVE,
        /** Closed by its user, not freed yet. */
        CLOSED,
        /** Being released. */
        RELEASING
    }
}
