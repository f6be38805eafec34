package org.reclaim.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Told that a process is about to be cleaned, before anything is freed. Optional, on the same object as
 * {@link ResourceCleanup}, for types whose resources are in use by running code: stop it here, free in
 * {@link ResourceCleanup#cleanup}.
 */
@ConsumerType
public interface ProcessEnding {

    /**
     * Stops what still runs for {@code pid} (cancels, interrupts, wakes) without waiting for it. Called once per end
     * on a worker thread, only if the process holds something of this type; nobody waits for the call to return.
     *
     * @param pid the process that ends, from 1
     */
    void ending(long pid);
}
