package org.reclaim.orchestrator.internal.process;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessListener;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one listener is still to be told, and the thread that tells it. */
final class Mailbox {

    /** How many transitions may wait; some megabytes at most. */
    static final int MAX_BEHIND = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private record Transition(ProcessInfo process, ProcessState before) {}

    private static final Transition LAST = new Transition(null, null);

    private final ProcessListener listener;
    private final String name;
    private final BlockingQueue<Transition> waiting = new LinkedBlockingQueue<>(MAX_BEHIND);
    private final AtomicLong missed = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopped;

    Mailbox(ProcessListener listener, long number) {
        this.listener = listener;
        // No toString(): it is foreign code.
        name = "The listener " + listener.getClass().getName();
        thread = Thread.ofPlatform()
                .daemon()
                .name("reclaim-listener-" + number)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
    }

    boolean isOf(ProcessListener other) {
        return listener == other;
    }

    /** Puts a transition in, unless there is no room. True if it is the first that is missed. */
    boolean put(ProcessInfo process, ProcessState before) {
        return !waiting.offer(new Transition(process, before)) && missed.getAndIncrement() == 0;
    }

    /** Ends the thread as soon as it comes back from the listener. */
    void stop() {
        stopped = true;
        thread.interrupt();
    }

    /** Ends the thread when all that is in it has been told. */
    void finish() {
        if (!waiting.offer(LAST)) {
            stop();
        }
    }

    private void run() {
        while (!stopped) {
            try {
                var next = waiting.take();
                if (next == LAST) {
                    return;
                }
                tell(next);
            } catch (InterruptedException e) {
                // By stop(), or by the listener, whose business it is not.
                LOG.trace("{} was interrupted", this, e);
            }
        }
    }

    private void tell(Transition next) {
        try {
            listener.stateChanged(next.process(), next.before());
        } catch (Throwable t) { // foreign code: an Error, too, is its own business
            LOG.warn("{} threw when it was told of process {}: {}", this, next.process().pid(), Failures.describe(t));
        }
        long lost = missed.getAndSet(0);
        if (lost > 0) {
            LOG.warn("{} has missed {} transitions of processes", this, lost);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
