package org.reclaim.api.signal;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What the JVM holds for a real signal: our one handler of it, which knows the processes to call.
 *
 * <p>The JVM has one disposition for each signal, so there is one object for each, made when first needed and kept.
 * That it is static is what lets a replaced bundle of this type find it again. It is in the JVM while somebody
 * subscribes; then what was there before is put back. Subscribing and unsubscribing hold one lock, so a process that
 * subscribes while the last other one goes finds our handler either there, or away and installs it.
 *
 * <p>If somebody else replaces ours, theirs stays: it may know ours as what was there before and put it back some day,
 * without subscribers. Then the next signal puts back what was there before ours, and goes to that.
 */
@SuppressWarnings("sunapi") // there is no other way to handle a signal in Java
final class JvmSignal implements SignalHandler {

    private static final Logger LOG = LoggerFactory.getLogger(JvmSignal.class);

    /** Also the lock of this class. Only the JDK is called under it. */
    private static final Map<PosixSignal, JvmSignal> ALL = new EnumMap<>(PosixSignal.class);

    private final PosixSignal signal;
    private final Signal jvmSignal;

    /** Replaced under the lock, never changed; read by the threads that the JVM makes for signals. */
    private volatile List<SignalRegistration> subscribers = List.of();

    /** What was there before ours. Under the lock. */
    private SignalHandler previous = SIG_DFL;

    private JvmSignal(PosixSignal signal, Signal jvmSignal) {
        this.signal = signal;
        this.jvmSignal = jvmSignal;
    }

    static void subscribe(SignalRegistration registration) {
        synchronized (ALL) {
            ALL.computeIfAbsent(registration.signal(), JvmSignal::known).add(registration);
        }
    }

    static void unsubscribe(SignalRegistration registration) {
        boolean isTheirs;
        synchronized (ALL) {
            var known = ALL.get(registration.signal());
            isTheirs = known != null && !known.remove(registration);
        }
        if (isTheirs) {
            LOG.warn("{} is handled by somebody else, who has replaced ours: theirs stays", registration.signal());
        }
    }

    private static JvmSignal known(PosixSignal signal) {
        try {
            return new JvmSignal(signal, new Signal(signal.name()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("signal is " + signal + ", must be one that this JVM knows", e);
        }
    }

    private void add(SignalRegistration registration) {
        if (subscribers.isEmpty()) {
            install();
        }
        subscribers = Stream.concat(subscribers.stream(), Stream.of(registration)).toList();
    }

    /** False if it was the last one, and ours was not there any more. */
    private boolean remove(SignalRegistration registration) {
        if (!subscribers.contains(registration)) {
            return true;
        }
        subscribers = subscribers.stream().filter(other -> other != registration).toList();
        return !subscribers.isEmpty() || putBack();
    }

    private void install() {
        SignalHandler found;
        try {
            found = Signal.handle(jvmSignal, this);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("signal is " + signal
                    + ", which this JVM leaves alone or keeps for itself (option -Xrs, for example)", e);
        }
        if (found == SIG_IGN && isOneOfShutdown()) {
            // Then the JVM has done nothing, and says so only in this way.
            Signal.handle(jvmSignal, SIG_IGN);
            throw new IllegalArgumentException(
                    "signal is " + signal + ", which this JVM was started to ignore (by nohup, for example)");
        }
        // Ours, if somebody has put it back who had replaced it.
        if (found != this) {
            previous = found;
        }
    }

    private boolean isOneOfShutdown() {
        return signal == PosixSignal.HUP || signal == PosixSignal.INT || signal == PosixSignal.TERM;
    }

    /** Puts back what was there before, if ours is there; says whether it was. */
    private boolean putBack() {
        // To look is to replace: there is no other way to ask. By ours, which does no harm in between.
        var found = Signal.handle(jvmSignal, this);
        boolean isOurs = found == this;
        Signal.handle(jvmSignal, isOurs ? previous : found);
        if (isOurs && previous.getClass().getClassLoader() != SignalHandler.class.getClassLoader()) {
            previous = SIG_DFL; // somebody's own class: not ours to keep
        }
        return isOurs;
    }

    /** Called by the JVM, on a new thread for each signal. */
    @Override
    public void handle(Signal raised) {
        var called = subscribers;
        if (called.isEmpty()) {
            // The last one went while the signal was on its way, or one just comes; or ours was put back by somebody,
            // or called by somebody who calls what was there before him.
            SignalHandler before;
            synchronized (ALL) {
                called = subscribers;
                before = previous;
                if (called.isEmpty()) {
                    putBack();
                }
            }
            if (called.isEmpty()) {
                handBack(before);
                return;
            }
        }
        var processes = new LinkedHashSet<ProcessSignals>();
        called.forEach(registration -> processes.add(registration.process()));
        var received = new ReceivedSignal(signal, OptionalLong.empty(), true);
        processes.forEach(process -> deliver(received, process));
    }

    private static void deliver(ReceivedSignal received, ProcessSignals process) {
        try {
            process.receive(received);
        } catch (RuntimeException | Error e) { // the others are to get it all the same
            LOG.error("{} could not be delivered to process {}", received, process.pid(), e);
        }
    }

    private void handBack(SignalHandler before) {
        try {
            before.handle(jvmSignal);
        } catch (UnsupportedOperationException e) {
            // No Java code: what the kernel or HotSpot would have done can't be done afterwards.
            LOG.warn("{} is lost: its last handler went while it was on its way", signal);
        }
    }
}
