package org.reclaim.api.signal;

import org.reclaim.api.ProcessManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the default actions of signals on what runs in the JVM. For the resource type only. */
public final class DefaultActions {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultActions.class);

    private DefaultActions() {}

    /**
     * Takes one, without waiting for its effect: a process is ended on a thread of its own, because the caller may work
     * for it, or hold what its end needs.
     *
     * @param processes ends it
     * @param pid       the process
     * @param signal    what it got
     * @throws UnsupportedOperationException if the signal would stop it
     */
    public static void take(ProcessManager processes, long pid, PosixSignal signal) {
        switch (signal.defaultAction()) {
            case TERMINATE, DUMP_CORE -> end(processes, pid, signal);
            case STOP -> throw new UnsupportedOperationException(
                    "Process %d has no handler of %s, and runs in the JVM: it can't be stopped".formatted(pid, signal));
            case IGNORE, CONTINUE -> LOG.debug("{} means nothing to process {}", signal, pid);
        }
    }

    private static void end(ProcessManager processes, long pid, PosixSignal signal) {
        LOG.info("Process {} has no handler of {}: it is ended", pid, signal);
        var thread = Thread.ofPlatform()
                .daemon()
                .name("reclaim-" + signal + "-" + pid)
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> {
                    try {
                        processes.terminate(pid);
                    } catch (RuntimeException | Error e) { // nobody else is there to be told
                        LOG.error("Process {} could not be ended after {}", pid, signal, e);
                    }
                });
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
    }
}
