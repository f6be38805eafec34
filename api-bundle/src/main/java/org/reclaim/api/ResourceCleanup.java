package org.reclaim.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Frees all resources of one type that a process holds: all that a plug-in must implement.
 *
 * <p>In OSGi it is published as a service whose {@code service.ranking} decides the order (see
 * {@link CleanupRanking}). The platform calls it from worker threads, for several processes at a time. Whatever it
 * throws is counted and named, and the next types go on; a call that outlasts its deadline is left behind as timed out.
 * An object may also implement {@link ProcessEnding}.
 */
@ConsumerType
public interface ResourceCleanup {

    /**
     * Frees everything of this type that {@code pid} holds. Freeing nothing, because nothing is held, is success.
     *
     * @param pid the process that ends, from 1; it acquires nothing any more
     * @return what was freed; {@link CleanupStats#NONE} if nothing was
     */
    CleanupStats cleanup(long pid);

    /**
     * Names the type. Asked once, when the cleanup is bound.
     *
     * @return lower-case letters, digits, {@code _}, {@code .} and {@code -}, starting with a letter, at most 64
     *     characters; for example {@code sockets}
     */
    String resourceType();

    /**
     * Says whether {@code pid} still holds anything of this type. Must take constant time and look at this process
     * alone. For a type that keeps its resources in a {@link ResourceTable} the table is asked instead.
     *
     * @param pid a process, from 1
     * @return true until everything has been freed
     */
    boolean hasResources(long pid);
}
