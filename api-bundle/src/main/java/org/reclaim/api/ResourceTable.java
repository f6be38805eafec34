package org.reclaim.api;

import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The live resources of one type, per process. Thread-safe; tracking and releasing take no lock.
 *
 * <p>A manager reserves, then acquires, then tracks:
 *
 * <pre>{@code
 * try (var place = table.reserve(pid, 0)) {          // pid, state and limits are checked: nothing acquired yet
 *     var channel = FileChannel.open(path, options);
 *     try {
 *         return place.track(channel, path.toString());
 *     } catch (ProcessEndedException e) {
 *         channel.close();                            // the end won: it is still ours
 *         throw e;
 *     }
 * }
 * }</pre>
 *
 * @param <R> the common supertype of the type's resources
 */
@ProviderType
public interface ResourceTable<R> {

    /**
     * Records that {@code pid} holds {@code resource}: the end of the process releases it. Racing with that end, either
     * the end releases it or this call is refused, never both and never neither.
     *
     * @param pid      the owner, from 1
     * @param resource what to release; its class is not defined by the calling bundle
     * @param <T>      its own type
     * @return closing it releases the resource now
     * @throws NoSuchProcessException           if {@code pid} was never started
     * @throws ProcessEndedException            if the process is ending or has ended: the caller still owns
     *                                          {@code resource}
     * @throws ResourceLimitException           if a limit of the number of resources would be exceeded: the caller
     *                                          still owns {@code resource}
     * @throws IllegalArgumentException         if the class of {@code resource} is defined by the opener's own bundle
     * @throws ResourceTypeUnavailableException if this opener was detached
     */
    <T extends R> ResourceHandle<T> track(long pid, T resource);

    /**
     * Checks that {@code pid} may acquire, and takes the place that the resource will have: limits are exact however
     * many threads ask.
     *
     * @param pid   the owner-to-be, from 1
     * @param bytes the resource's size, from 0
     * @return to be closed by the caller, whether it tracked or not
     * @throws NoSuchProcessException           if {@code pid} was never started
     * @throws ProcessEndedException            if the process is ending or has ended
     * @throws ResourceLimitException           if a limit would be exceeded
     * @throws IllegalArgumentException         if {@code bytes} is negative
     * @throws ResourceTypeUnavailableException if this opener was detached
     */
    Reservation<R> reserve(long pid, long bytes);

    /**
     * The one object of class {@code type} that a process needs once for this resource type, such as an arena. Made
     * at the first call, by one thread while others wait; released after all other entries of the process. It is not
     * counted as a resource of the process.
     *
     * @param pid    the owner, from 1
     * @param type   its class
     * @param create makes it
     * @param <T>    its type
     * @return the same object for every call
     * @throws NoSuchProcessException           if {@code pid} was never started
     * @throws ProcessEndedException            if the process is ending or has ended; what was made is released
     * @throws ResourceTypeUnavailableException if this opener was detached
     */
    <T extends R> T one(long pid, Class<T> type, Supplier<? extends T> create);

    /**
     * Visits what a process holds, in no particular order; what comes or goes meanwhile may be missed.
     *
     * @param pid    a process
     * @param action called on this thread
     */
    void forEach(long pid, Consumer<? super R> action);

    /**
     * Visits what all processes hold, to rebuild an index.
     *
     * @param action called on this thread with the resource and its owner
     */
    void forEach(ObjLongConsumer<? super R> action);

    /**
     * Releases everything that a process holds of this type. Goes on after each that fails. What another thread is
     * releasing is left to it.
     *
     * @param pid a process
     * @return what this call freed, and how many releases failed
     */
    CleanupStats releaseAll(long pid);

    /**
     * Says whether a process holds anything of this type, in whatever state, until all of it is freed.
     *
     * @param pid a process
     * @return true if so
     */
    boolean hasResources(long pid);

    /** Forgets this opener's releaser; waits for its releases in progress, two seconds at most. Entries stay. */
    void detach();
}
