package org.reclaim.api.signal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the signals that come for one process, and gives up when that ends. Thread-safe. */
final class Reception {

    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    /** How long the end of the process waits for a handler that it has interrupted. */
    private static final Duration HANDLER_GRACE = Duration.ofSeconds(1);

    private final long pid;
    private final ProcessManager processes;
    private final SignalQueue queue;
    private final Delivery delivery;

    /** Whether it was told that real signals are dropped: once is enough. */
    private final AtomicBoolean warned = new AtomicBoolean();

    /** What the table has of the process's signals. */
    private volatile Optional<ResourceHandle<ProcessSignals>> handle = Optional.empty();

    Reception(long pid, ProcessManager processes, SignalQueue queue) {
        this.pid = pid;
        this.processes = processes;
        this.queue = queue;
        delivery = new Delivery(pid, processes, queue, this::releaseLate);
    }

    /** To be called after everything that may have made a signal due. */
    void deliverIfDue() {
        delivery.startIfDue();
    }

    /** See {@link ProcessSignals#send}. */
    void send(ReceivedSignal signal) {
        switch (queue.post(signal)) {
            case QUEUED -> delivery.startIfDue();
            case IGNORED -> LOG.debug("Process {} ignores {}", pid, signal);
            case NOT_HANDLED -> DefaultActions.take(processes, pid, signal.signal());
            case FULL -> throw new SignalQueueFullException(pid, signal.signal(), queue.state().limit());
            case ENDED -> throw queue.processEnded();
        }
    }

    /** Takes a signal that reached the JVM. */
    void receive(ReceivedSignal signal) {
        switch (queue.post(signal)) {
            case QUEUED -> delivery.startIfDue();
            case IGNORED -> LOG.debug("Process {} ignores {}", pid, signal);
            case NOT_HANDLED, ENDED -> LOG.debug("{} comes too late for process {}", signal, pid);
            case FULL -> {
                if (warned.compareAndSet(false, true)) {
                    LOG.warn(
                            "Process {} drops {}, and will drop more silently: {} signals are pending, no more may be",
                            pid, signal, queue.state().limit());
                }
            }
        }
    }

    void trackedAs(ResourceHandle<ProcessSignals> tracked) {
        handle = Optional.of(tracked);
    }

    /** Stops the delivery and wakes who waits, without waiting for either. */
    void end() {
        queue.end().ifPresent(left -> {
            LOG.debug("Process {} ends, and {} pending signals with it", pid, left);
            delivery.interrupt();
        });
    }

    /** See {@link ProcessSignals#release}. */
    void release() throws InterruptedException {
        end();
        if (!queue.awaitNoDelivery(HANDLER_GRACE.toNanos())) {
            throw new IllegalStateException("process " + pid + " still handles signals: " + delivery.describe());
        }
    }

    /** If this comes too early, because that end is not over yet, it is tried again without us. */
    private void releaseLate() {
        try {
            handle.ifPresent(ResourceHandle::close);
        } catch (ReleaseFailedException e) {
            LOG.warn("The signals of process {} stay held", pid, e);
        }
    }
}
