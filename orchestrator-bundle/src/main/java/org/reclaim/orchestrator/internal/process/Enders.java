package org.reclaim.orchestrator.internal.process;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads on which ends go on whose caller can't wait, or that the stop of the platform asks for. */
final class Enders {

    private static final Logger LOG = LoggerFactory.getLogger(Enders.class);
    private static final int AT_ONCE = 16;

    private final AtomicLong count = new AtomicLong();

    /** Goes on with an end on a thread of its own; nobody interrupts that. */
    void finish(EndOfTree ending, EndOfTree.Finished finished) {
        start(() -> {
            try {
                ending.run(finished);
            } catch (InterruptedException e) {
                // Only foreign code that runs on this thread can have done it. The flag is clear now.
                finish(ending, finished);
            } catch (RuntimeException | Error e) {
                LOG.error("An end of a process failed; it stays unfinished", e);
            }
        });
    }

    /** Ends processes, several at a time; does not wait. */
    void endAll(Collection<ProcessRecord> processes, Consumer<ProcessRecord> end) {
        var waiting = new ConcurrentLinkedQueue<>(processes);
        for (int i = 0; i < Math.min(AT_ONCE, processes.size()); i++) {
            start(() -> {
                for (var next = waiting.poll(); next != null; next = waiting.poll()) {
                    try {
                        end.accept(next);
                    } catch (RuntimeException | Error e) { // a defect of ours must not keep the others from ending
                        LOG.error("{} could not be ended", next, e);
                    }
                }
            });
        }
    }

    private void start(Runnable work) {
        var thread = Thread.ofPlatform()
                .daemon()
                .name("reclaim-end-" + count.incrementAndGet())
                .inheritInheritableThreadLocals(false)
                .unstarted(work);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
    }
}
