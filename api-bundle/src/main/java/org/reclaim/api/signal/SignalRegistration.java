package org.reclaim.api.signal;

import java.util.Objects;
import java.util.Optional;

/**
 * What a process does with a signal: a handler, or that it ignores it. Made by the {@link SignalManager}; thread-safe.
 */
public final class SignalRegistration implements SignalResource {

    private final ProcessSignals process;
    private final PosixSignal signal;
    private final SignalScope scope;

    /** Empty: ignore it. */
    private final Optional<SignalHandler> handler;

    SignalRegistration(
            ProcessSignals process, PosixSignal signal, SignalScope scope, Optional<SignalHandler> handler) {
        this.process = process;
        this.signal = Objects.requireNonNull(signal, "signal");
        this.scope = Objects.requireNonNull(scope, "scope");
        this.handler = handler;
    }

    /**
     * Whose it is.
     *
     * @return the mask and the pending signals of its process
     */
    public ProcessSignals process() {
        return process;
    }

    /**
     * What it is for.
     *
     * @return the signal
     */
    public PosixSignal signal() {
        return signal;
    }

    /**
     * Whether real signals are meant, too.
     *
     * @return the scope in which it was registered; {@link SignalScope#PLATFORM} if the signal is ignored
     */
    public SignalScope scope() {
        return scope;
    }

    /**
     * What it does.
     *
     * @return {@link SignalDisposition#HANDLED} or {@link SignalDisposition#IGNORED}
     */
    public SignalDisposition disposition() {
        return handler.isPresent() ? SignalDisposition.HANDLED : SignalDisposition.IGNORED;
    }

    Optional<SignalHandler> handler() {
        return handler;
    }

    /** Whether it decides what is done with a signal that came. Ignoring is for whatever comes. */
    boolean isFor(ReceivedSignal received) {
        return received.signal() == signal
                && (!received.real() || scope == SignalScope.JVM || handler.isEmpty());
    }

    /** Takes effect, in the process and in the JVM. */
    void begin() {
        // First the process: no real signal is to find it without a handler.
        process.add(this);
        if (scope == SignalScope.JVM) {
            try {
                JvmSignal.subscribe(this);
            } catch (NoClassDefFoundError e) {
                process.remove(this);
                throw new UnsupportedOperationException(
                        "This JVM can't handle real signals: there is no sun.misc.Signal", e);
            } catch (RuntimeException | Error e) {
                process.remove(this);
                throw e;
            }
        }
    }

    @Override
    public void release() {
        if (scope == SignalScope.JVM) {
            JvmSignal.unsubscribe(this);
        }
        process.remove(this);
    }

    /**
     * What identifies it to people.
     *
     * @return such as {@code handler of SIGTERM, also of real ones}
     */
    @Override
    public String toString() {
        return handler.isEmpty()
                ? signal + " ignored"
                : "handler of " + signal + (scope == SignalScope.JVM ? ", also of real ones" : "");
    }
}
