package org.reclaim.launcher.control;

import java.io.IOException;

/** The other side does not speak the protocol, or another version of it; the message says how that showed. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An exception with that message. */
    public ProtocolException(String message) {
        super(message);
    }
}
