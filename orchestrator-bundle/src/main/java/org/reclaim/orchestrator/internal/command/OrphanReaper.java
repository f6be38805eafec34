package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.reclaim.syscalls.ProcessCalls.Children;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for adopted orphans that end by themselves, so that their numbers are not taken for as long as the JVM lives.
 *
 * <p>A child of the JVM may be somebody's {@link Process}, for which a thread of the JDK waits: if it were waited for
 * here, that thread would never learn its exit status. Such a child leaves the process table as soon as that thread
 * gets a processor. So only a child that had ended at one look, and is still there at the next, {@link #PERIOD} later,
 * is an orphan; and never one of our own commands, which a tracer may hold for longer. A look at nothing costs one
 * system call.
 */
final class OrphanReaper implements AutoCloseable {

    static final Duration PERIOD = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(OrphanReaper.class);
    private static final Duration END_LIMIT = Duration.ofSeconds(2);

    private final OsProcesses os;
    private final Predicate<ProcessId> isCommand;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private boolean started;

    /** Those that had ended at the look before. Used by one thread. */
    private Set<ProcessId> endedBefore = Set.of();

    OrphanReaper(OsProcesses os, Predicate<ProcessId> isCommand) {
        this.os = os;
        this.isCommand = isCommand;
        thread = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name("reclaim-orphan-reaper")
                .unstarted(this::run);
        // Not that of whoever made this: it may go before this does.
        thread.setContextClassLoader(OrphanReaper.class.getClassLoader());
    }

    synchronized void start() {
        if (!started) {
            started = true;
            thread.start();
        }
    }

    /** Ends the thread, and waits for that a little. */
    @Override
    public void close() {
        stop.countDown();
        synchronized (this) {
            if (!started) {
                return;
            }
        }
        try {
            if (!thread.join(END_LIMIT)) {
                LOG.warn("{} does not end: {}", thread.getName(), thread.getState());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean failing = false;
        try {
            while (!stop.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look();
                    failing = false;
                } catch (IOException e) {
                    if (!failing) {
                        LOG.warn("Orphans that have ended can't be waited for; trying again", e);
                    }
                    failing = true;
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{} was interrupted and ends; orphans that end stay zombies", thread.getName());
        }
    }

    /** One look. Two of them are to be {@link #PERIOD} apart. */
    void look() throws IOException {
        if (os.children() != Children.ENDED) {
            endedBefore = Set.of();
            return;
        }
        var ended = os.all().stream()
                .filter(p -> p.isGone() && p.parent() == os.self() && !isCommand.test(p.id()))
                .map(OsProcess::id)
                .collect(Collectors.toSet());
        for (var id : ended) {
            if (endedBefore.contains(id)) {
                os.reap(id);
            }
        }
        endedBefore = ended;
    }
}
