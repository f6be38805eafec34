package org.reclaim.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A resource held by a process. Thread-safe.
 *
 * @param <R> the resource's type
 */
@ProviderType
public interface ResourceHandle<R> extends AutoCloseable {

    /**
     * The resource.
     *
     * @return it, while it is live
     * @throws IllegalStateException if it was closed, or its process ended
     */
    R get();

    /**
     * Who holds it.
     *
     * @return the owner's pid
     */
    long pid();

    /**
     * Releases the resource now, on this thread. Closing again, or after the process has ended, does nothing; except
     * that what the end of the process could not release is tried again. While the bundle of its type is away the
     * resource is closed for its user at once, and freed when the bundle is back.
     *
     * @throws ReleaseFailedException if the releaser threw: the resource is closed for its user, still held, and
     *                                released again at the end of the process
     */
    @Override
    void close();
}
