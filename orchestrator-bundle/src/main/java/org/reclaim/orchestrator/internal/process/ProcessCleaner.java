package org.reclaim.orchestrator.internal.process;

import org.reclaim.api.CleanupResult;
import org.reclaim.orchestrator.internal.table.Owner;

/** How the end of a process has everything freed: by our orchestrator, or by one that was handed in. */
public interface ProcessCleaner {

    /** Tells those who want to know it that the process ends. Does not wait. */
    void announceEnd(Owner process);

    /** Prepares the cleanup; does nothing yet. */
    Cleaning begin(Owner process);

    /** Told once the end is recorded: what is left may be forgotten when it has been freed. */
    void ended(Owner process, CleanupResult result);

    /** The cleanup of one process. */
    interface Cleaning {

        /**
         * Does it and waits for it.
         *
         * @throws InterruptedException if the thread is interrupted while it waits; another call goes on
         */
        CleanupResult finish() throws InterruptedException;

        /** What has been done of it. */
        CleanupResult resultSoFar();
    }
}
