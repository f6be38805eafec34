package org.reclaim.api.signal;

import java.util.Objects;
import java.util.Optional;

/**
 * What a process does with a signal: a handler, that it ignores it, or its default action. Made by the
 * {@link SignalManager}; thread-safe.
 */
public final class SignalRegistration implements SignalResource {

    private final ProcessSignals process;
    private final PosixSignal signal;
    private final SignalScope scope;

    private final SignalDisposition disposition;

    /** Empty if it is ignored, or its default action is taken. */
    private final Optional<SignalHandler> handler;

    private SignalRegistration(
            ProcessSignals process,
            PosixSignal signal,
            SignalScope scope,
            SignalDisposition disposition,
            Optional<SignalHandler> handler) {
        this.process = Objects.requireNonNull(process, "process");
        this.signal = Objects.requireNonNull(signal, "signal");
        this.scope = Objects.requireNonNull(scope, "scope");
        this.disposition = Objects.requireNonNull(disposition, "disposition");
        this.handler = handler;
    }

    /**
     * Has a process handle a signal; for the resource type only.
     *
     * @param process whose
     * @param signal  which one
     * @param scope   whether real ones are meant, too
     * @param handler what to call
     * @return to be tracked, or released
     * @throws org.reclaim.api.ProcessEndedException if the process is ending or has ended
     * @throws IllegalArgumentException              if the JVM does not let us have the signal
     * @throws UnsupportedOperationException         if the JVM has no way to handle signals
     */
    public static SignalRegistration handling(
            ProcessSignals process, PosixSignal signal, SignalScope scope, SignalHandler handler) {
        var registration = new SignalRegistration(
                process, signal, scope, SignalDisposition.HANDLED, Optional.of(handler));
        registration.begin();
        return registration;
    }

    /**
     * Has a process do something else with a signal; for the resource type only.
     *
     * @param process     whose
     * @param signal      which one
     * @param disposition {@link SignalDisposition#IGNORED} or {@link SignalDisposition#DEFAULT}
     * @return to be tracked, or released
     * @throws org.reclaim.api.ProcessEndedException if the process is ending or has ended
     */
    public static SignalRegistration withoutHandler(
            ProcessSignals process, PosixSignal signal, SignalDisposition disposition) {
        if (disposition == SignalDisposition.HANDLED) {
            throw new IllegalArgumentException("disposition is HANDLED, must be IGNORED or DEFAULT");
        }
        var registration = new SignalRegistration(
                process, signal, SignalScope.PLATFORM, disposition, Optional.empty());
        registration.begin();
        return registration;
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
     * @return the scope in which it was registered; {@link SignalScope#PLATFORM} if there is no handler
     */
    public SignalScope scope() {
        return scope;
    }

    /**
     * What it does.
     *
     * @return {@link SignalDisposition#DEFAULT} if it was put in front of a handler, for that not to be called
     */
    public SignalDisposition disposition() {
        return disposition;
    }

    Optional<SignalHandler> handler() {
        return handler;
    }

    /** What is done with a signal for which it decides. Of a real one, the default action would be the JVM's. */
    SignalDisposition dispositionOf(ReceivedSignal received) {
        return received.real() && disposition == SignalDisposition.DEFAULT ? SignalDisposition.IGNORED : disposition;
    }

    /** Whether it decides what is done with a signal that came. Not to handle it is for whatever comes. */
    boolean isFor(ReceivedSignal received) {
        return received.signal() == signal
                && (!received.real() || scope == SignalScope.JVM || handler.isEmpty());
    }

    /** Takes effect, in the process and in the JVM. */
    private void begin() {
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
        return switch (disposition) {
            case HANDLED -> "handler of " + signal + (scope == SignalScope.JVM ? ", also of real ones" : "");
            case IGNORED -> signal + " ignored";
            case DEFAULT -> "default action of " + signal;
        };
    }
}
