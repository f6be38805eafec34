package org.reclaim.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Frees one resource.
 *
 * @param <R> what it frees
 */
@FunctionalInterface
@ConsumerType
public interface Releaser<R> {

    /**
     * Gives {@code resource} back to whom it was acquired from. Called for one resource by one thread at a time, and
     * again later if it threw. All that was done by the thread that tracked the resource before it did so is visible.
     *
     * @param resource what to free
     * @throws Exception if it is still held. Who has given it up must not throw: after {@code close(2)} the descriptor
     *                   is gone even if the call failed
     */
    void release(R resource) throws Exception;

    /**
     * Says whether {@link #release} never waits for anything. Then ends of processes run it on their own thread,
     * without a deadline, which saves them a hand-over to a worker. Asked once, when the table is opened.
     *
     * @return false unless overridden
     */
    default boolean nonBlocking() {
        return false;
    }
}
