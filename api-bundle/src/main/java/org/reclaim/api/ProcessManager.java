package org.reclaim.api;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Starts and ends processes. Thread-safe. */
@ProviderType
public interface ProcessManager {

    /**
     * Starts a process. Its preparation runs on the calling thread. If it is a task or a command and there is no place
     * for it (see {@link ProcessScheduler}), it is left {@link ProcessState#READY}, and runs when its turn comes; if
     * what it runs can't be started then, it ends with the reason {@link EndReason#FAILED}.
     *
     * @param spec what to start
     * @return the process, running or ready
     * @throws ResourceLimitException if there would be more processes than a limit allows; nothing was started
     * @throws NoSuchProcessException if the parent was never started
     * @throws ProcessEndedException  if the parent is ending or has ended; nothing was started
     * @throws ProcessStartException  if the preparation threw or the command can't be executed; the new process was
     *                                ended and everything that it had acquired is freed
     * @throws IllegalStateException  if the platform is stopping
     */
    ManagedProcess start(ProcessSpec spec);

    /**
     * Ends a process: its children first, then what it runs, then everything that it holds, in the order of cleanup.
     * Returns when that is done, with the same result for every caller. Calling again is harmless.
     *
     * <p>A caller that works for this process itself (see {@link CurrentProcess}), that is within a cleanup, or that is
     * interrupted, gets the result so far (state {@link ProcessState#TERMINATING}), and the end goes on elsewhere; an
     * interrupted caller's flag stays set.
     *
     * @param pid a process
     * @return how it ended; reason {@link EndReason#FORGOTTEN} if that is no longer known
     * @throws NoSuchProcessException if {@code pid} was never started
     */
    ProcessEnd terminate(long pid);

    /**
     * Looks a process up.
     *
     * @param pid a process
     * @return a live one, or one that the history still knows
     */
    Optional<ProcessInfo> process(long pid);

    /**
     * The processes that have not ended.
     *
     * @return by pid
     */
    List<ProcessInfo> processes();

    /**
     * The latest ends, as many as the configuration keeps.
     *
     * @return newest first
     */
    List<ProcessEnd> history();
}
