package org.reclaim.signals.internal;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.reclaim.api.signal.PosixSignal;

/**
 * The real signals that HotSpot needs, and why. {@code sun.misc.Signal} refuses only some of them; of the others a
 * handler would be accepted, and the JVM break, or lose something, in its own time.
 */
final class ReservedSignals {

    /** Names the signal with which HotSpot suspends threads, instead of {@link PosixSignal#USR2}. */
    static final String SUSPEND_VARIABLE = "_JAVA_SR_SIGNUM";

    private static final int LOWEST_SUSPEND_NUMBER = 12;
    private static final int HIGHEST_SUSPEND_NUMBER = 64;

    private final Map<PosixSignal, String> reasons = new EnumMap<>(PosixSignal.class);

    /**
     * Those of a JVM.
     *
     * @param suspendNumber what {@link #SUSPEND_VARIABLE} was set to when it was started
     */
    ReservedSignals(Optional<String> suspendNumber) {
        var checks = "HotSpot finds out by it that Java code met a null, a safepoint or a division by zero";
        reasons.put(PosixSignal.SEGV, checks);
        reasons.put(PosixSignal.FPE, checks);
        reasons.put(PosixSignal.ILL, checks);
        reasons.put(PosixSignal.BUS, "HotSpot turns it into an InternalError when a mapped file was truncated");
        var writes = "HotSpot catches it so that a write fails with an exception instead of ending the JVM";
        reasons.put(PosixSignal.PIPE, writes);
        reasons.put(PosixSignal.XFSZ, writes);
        reasons.put(PosixSignal.QUIT, "HotSpot prints a thread dump when it comes");
        int number = suspendNumber.flatMap(ReservedSignals::parse).orElse(PosixSignal.USR2.number());
        for (var signal : PosixSignal.values()) {
            if (signal.number() == number) {
                reasons.put(signal, "HotSpot suspends and resumes threads with it; " + SUSPEND_VARIABLE
                        + " in the environment of the JVM can name another one");
            }
        }
    }

    /** Those of this JVM. */
    static ReservedSignals ofThisJvm() {
        return new ReservedSignals(Optional.ofNullable(System.getenv(SUSPEND_VARIABLE)));
    }

    /** Why the JVM needs a signal; empty if it does not. */
    Optional<String> reason(PosixSignal signal) {
        return Optional.ofNullable(reasons.get(signal));
    }

    /** As HotSpot reads it: decimal, also with leading zeros, or hexadecimal; whatever else it is, it is not used. */
    private static Optional<Integer> parse(String text) {
        try {
            int number = text.matches("0[xX][0-9a-fA-F]+")
                    ? Integer.parseInt(text.substring(2), 16)
                    : Integer.parseInt(text.matches("[0-9]+") ? text : "");
            return Optional.of(number)
                    .filter(valid -> valid >= LOWEST_SUSPEND_NUMBER && valid <= HIGHEST_SUSPEND_NUMBER);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
