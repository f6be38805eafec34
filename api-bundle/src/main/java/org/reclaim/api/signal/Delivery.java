package org.reclaim.api.signal;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ProcessManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handlers of one process, one at a time, on a virtual thread that is there while there is something to
 * handle.
 */
final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final int STACK_FRAMES = 5;

    private final long pid;
    private final ProcessManager processes;
    private final SignalQueue queue;
    private final Runnable whenLate;

    /** The latest one. Written before it runs, so whoever looks after the end of the process sees it. */
    private volatile Thread thread;

    /** What it is at. */
    private volatile SignalQueue.Due current;

    /**
     * Nothing runs yet.
     *
     * @param whenLate called by the thread when it is done, if somebody has waited for it in vain
     */
    Delivery(long pid, ProcessManager processes, SignalQueue queue, Runnable whenLate) {
        this.pid = pid;
        this.processes = processes;
        this.queue = queue;
        this.whenLate = whenLate;
    }

    /** To be called after everything that may have made a signal due. */
    void startIfDue() {
        if (queue.claimDelivery()) {
            try {
                // Inherits nothing: the sender's context class loader would stay reachable.
                thread = Thread.ofVirtual()
                        .name("reclaim-signals-" + pid)
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this::run);
                thread.start();
            } catch (RuntimeException | Error e) {
                queue.abandonDelivery();
                throw e;
            }
        }
    }

    /** Interrupts the handler that runs, after the queue was ended: so it is the last one. */
    void interrupt() {
        var latest = thread;
        if (latest != null) {
            latest.interrupt();
        }
    }

    /** Says what runs, and where it is: in whose code, not in which method of the JDK that code waits. */
    String describe() {
        var due = current;
        var latest = thread;
        var stack = latest == null ? new StackTraceElement[0] : latest.getStackTrace();
        return "the handler of " + (due == null ? "a signal" : due.signal().signal()) + " has not returned"
                + Arrays.stream(stack)
                        .dropWhile(frame -> "java.base".equals(frame.getModuleName()))
                        .limit(STACK_FRAMES)
                        .map(frame -> " at " + frame)
                        .collect(Collectors.joining());
    }

    private void run() {
        try {
            CurrentProcess.run(pid, this::handleAll);
        } catch (RuntimeException | Error e) {
            // Not of a handler: those are caught. What is pending goes on with the next signal that comes.
            queue.abandonDelivery();
            LOG.error("The delivery of signals to process {} failed", pid, e);
        }
        if (queue.wasAwaitedInVain()) {
            whenLate.run();
        }
    }

    private void handleAll() {
        while (true) {
            // A handler may leave its thread interrupted. Cleared before the queue is looked at: if the process ends
            // after that, the interrupt is for the handler that is called next.
            Thread.interrupted();
            var due = queue.next();
            if (due.isEmpty()) {
                return;
            }
            current = due.get();
            handle(due.get());
            current = null;
        }
    }

    private void handle(SignalQueue.Due due) {
        var signal = due.signal();
        var handler = due.by().flatMap(SignalRegistration::handler);
        try {
            if (handler.isPresent()) {
                handler.get().handle(signal);
            } else if (signal.real()) {
                // Its default action would be the JVM's, from which it was taken.
                LOG.warn("{} is dropped: process {} has no handler of it any more", signal, pid);
            } else {
                DefaultActions.take(processes, pid, signal.signal());
            }
        } catch (Throwable t) { // an Error too: whatever a handler throws, the next signal is handled
            LOG.warn("Process {} failed to handle {}; it goes on with the next signal", pid, signal, t);
        }
    }
}
