package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time during which the JVM adopts orphans. It does as long as at least one of these is open; after the last one it
 * is again as it was before the first. Thread-safe.
 */
final class Adoption implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    // Guarded by the class: the attribute is the JVM's.
    private static int open;
    private static boolean adoptedBefore;

    private final OsProcesses os;
    private final Optional<OrphanReaper> reaper;
    private boolean closed;

    private Adoption(OsProcesses os, Optional<OrphanReaper> reaper) {
        this.os = os;
        this.reaper = reaper;
    }

    /** Adopts nothing. */
    static Adoption none(OsProcesses os) {
        return new Adoption(os, Optional.empty());
    }

    /**
     * Begins to adopt, if the system can; else says so once in the log.
     *
     * @param isCommand tells the JVM's children that the JDK waits for
     * @throws IllegalStateException if the system refuses
     */
    static Adoption begin(OsProcesses os, Predicate<ProcessId> isCommand) {
        if (!os.canAdopt()) {
            LOG.warn("On {} a JVM can't adopt orphans: what commands leave behind is not found",
                    System.getProperty("os.name"));
            return none(os);
        }
        synchronized (Adoption.class) {
            try {
                boolean before = os.adopt(true);
                adoptedBefore = open == 0 ? before : adoptedBefore;
                open++;
            } catch (IOException e) {
                throw new IllegalStateException("The JVM can't adopt the orphans of its commands", e);
            }
        }
        return new Adoption(os, Optional.of(new OrphanReaper(os, isCommand)));
    }

    /** From now on there may be orphans to wait for. */
    void beginReaping() {
        reaper.ifPresent(OrphanReaper::start);
    }

    /** Ends it. What was adopted stays the JVM's child. */
    @Override
    public void close() {
        synchronized (Adoption.class) {
            if (closed || reaper.isEmpty()) {
                return;
            }
            closed = true;
            open--;
            try {
                if (open == 0) {
                    os.adopt(adoptedBefore);
                }
            } catch (IOException e) {
                LOG.warn("The JVM goes on adopting orphans", e);
            }
        }
        reaper.get().close();
    }
}
