package org.reclaim.api.signal;

/** What the table of this type holds. Thread-safe. */
public sealed interface SignalResource permits ProcessSignals, SignalRegistration {

    /**
     * Gives it back; for the resource type only. Does nothing if that has been done.
     *
     * @throws InterruptedException  if the thread is interrupted while it waits
     * @throws IllegalStateException if it is still in use: what does not return is named
     */
    void release() throws InterruptedException;
}
