package org.reclaim.cli.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reclaim.api.ManagedProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * While it is open, the signals by which people stop a program end the process that it was given instead of the JVM.
 * The process is told once; further signals find its end in progress, and neither shorten nor repeat it.
 */
@SuppressWarnings("sunapi")
final class StopSignals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private final Map<Signal, SignalHandler> previous = new HashMap<>();
    private ManagedProcess process;
    private boolean stop;

    StopSignals() {
        for (var name : NAMES) {
            try {
                var signal = new Signal(name);
                previous.put(signal, Signal.handle(signal, this::received));
            } catch (IllegalArgumentException e) {
                // Not a signal of this system, or the JVM was told to leave signals alone (-Xrs).
                LOG.debug("SIG{} is not handled: {}", name, e.getMessage());
            }
        }
    }

    /** Says what to end when a signal comes, or now if one has come already. */
    void end(ManagedProcess started) {
        synchronized (this) {
            process = started;
            if (!stop) {
                return;
            }
        }
        started.terminate();
    }

    /** Restores what was there before. */
    @Override
    public void close() {
        previous.forEach(Signal::handle);
    }

    /** Runs on a thread that the JVM made for this signal, so it may wait for the end. */
    private void received(Signal signal) {
        final ManagedProcess target;
        synchronized (this) {
            if (stop) {
                return;
            }
            stop = true;
            target = process;
        }
        LOG.info("SIG{}: ending the command", signal.getName());
        if (target != null) {
            target.terminate();
        }
    }
}
