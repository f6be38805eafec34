package org.reclaim.orchestrator;

import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTables;

/** A whole platform without OSGi: the process manager and what belongs to it. Thread-safe. */
public interface EmbeddedProcessManager extends ProcessManager, AutoCloseable {

    /**
     * Hands out a manager of one of the resource types.
     *
     * @param type the manager's interface
     * @param <M>  the same
     * @return the manager
     * @throws IllegalArgumentException if no resource type implements it; the message names those that there are
     */
    <M> M manager(Class<M> type);

    /**
     * What cleans the processes.
     *
     * @return the automatic orchestrator, or the one that was handed in
     */
    ResourceOrchestrator orchestrator();

    /**
     * What is held.
     *
     * @return a view; of nothing if an orchestrator was handed in
     */
    ResourceInventory inventory();

    /**
     * Who may run, and who waits.
     *
     * @return the scheduler of this platform
     */
    ProcessScheduler scheduler();

    /**
     * Tables for a resource type of one's own.
     *
     * @return the tables, opened in the name of the application
     */
    ResourceTables tables();

    /** Ends all processes, waiting half a minute at most, and refuses new ones. */
    @Override
    void close();
}
