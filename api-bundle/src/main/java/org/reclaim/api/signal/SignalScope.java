package org.reclaim.api.signal;

/** Which signals a handler is for. */
public enum SignalScope {
    /**
     * Those that processes of this platform send, by {@link SignalManager#send}. The JVM's own handling of real signals
     * stays as it is. For every signal that can be caught.
     */
    PLATFORM,
    /**
     * Those, and the real ones that reach the JVM, from whomever. While there is such a handler the JVM's own is
     * replaced: with one of {@link PosixSignal#TERM} the JVM does not shut down when it is asked to. Not for signals
     * that the JVM needs itself.
     */
    JVM
}
