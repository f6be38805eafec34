package org.reclaim.api.signal;

/** What a process does with a signal. */
public enum SignalDisposition {
    /** The signal's {@link PosixSignal#defaultAction}. */
    DEFAULT,
    /** Nothing. */
    IGNORED,
    /** It calls a handler. */
    HANDLED
}
