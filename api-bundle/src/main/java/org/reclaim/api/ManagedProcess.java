package org.reclaim.api;

import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** A started process. Thread-safe. */
@ProviderType
public interface ManagedProcess extends AutoCloseable {

    /**
     * The process's number.
     *
     * @return from 1, never reused
     */
    long pid();

    /**
     * The process as it is now.
     *
     * @return a snapshot
     */
    ProcessInfo info();

    /**
     * Waits for the process to end by itself or by somebody else.
     *
     * @param timeout how long to wait at most, not negative
     * @return how it ended, or empty if it has not within {@code timeout}
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    Optional<ProcessEnd> await(Duration timeout) throws InterruptedException;

    /**
     * Ends it, as {@link ProcessManager#terminate} does.
     *
     * @return how it ended
     */
    ProcessEnd terminate();

    /** Ends it, as {@link #terminate} does. */
    @Override
    void close();
}
