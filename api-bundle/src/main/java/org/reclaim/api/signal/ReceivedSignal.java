package org.reclaim.api.signal;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A signal that a process got.
 *
 * @param signal which one
 * @param sender the process of this platform that it comes from; empty if the sending code worked for none, and for
 *               real signals, of which the JVM does not tell the sender
 * @param real   whether it is one that reached the JVM
 */
public record ReceivedSignal(PosixSignal signal, OptionalLong sender, boolean real) {

    /** Checks that nothing is null. */
    public ReceivedSignal {
        Objects.requireNonNull(signal, "signal");
        Objects.requireNonNull(sender, "sender");
    }

    @Override
    public String toString() {
        return signal + (real
                ? " of the operating system"
                : sender.isPresent() ? " of process " + sender.getAsLong() : " of code that works for no process");
    }
}
