package org.reclaim.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A place for one resource, taken before the resource is acquired. For use by one thread.
 *
 * @param <R> the common supertype of the type's resources
 */
@ProviderType
public interface Reservation<R> extends AutoCloseable {

    /**
     * Fills the place, with the guarantees of {@link ResourceTable#track}. Once only.
     *
     * @param resource what to release; its class is not defined by the calling bundle
     * @param label    what identifies it to people (path, address, size)
     * @param <T>      its own type
     * @return closing it releases the resource now
     * @throws ProcessEndedException    if the process is ending or has ended: the caller still owns {@code resource}
     * @throws IllegalArgumentException if the class of {@code resource} is defined by the opener's own bundle
     * @throws IllegalStateException    if the reservation was used or closed
     */
    <T extends R> ResourceHandle<T> track(T resource, String label);

    /**
     * As {@link #track}, for what can only be freed together with all else of the process, such as a block in the
     * process's arena: closing the handle closes it for its user, and the end of the process releases it. Until then
     * it counts as held.
     *
     * @param resource what to release at the end
     * @param label    what identifies it to people
     * @param <T>      its own type
     * @return closing it makes {@link ResourceHandle#get()} throw, and gives nothing back yet
     * @throws ProcessEndedException    if the process is ending or has ended: the caller still owns {@code resource}
     * @throws IllegalArgumentException if the class of {@code resource} is defined by the opener's own bundle
     * @throws IllegalStateException    if the reservation was used or closed
     */
    <T extends R> ResourceHandle<T> trackUntilEnd(T resource, String label);

    /** Gives the place back unless it was filled. */
    @Override
    void close();
}
