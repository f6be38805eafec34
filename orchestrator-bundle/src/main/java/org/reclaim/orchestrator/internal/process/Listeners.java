package org.reclaim.orchestrator.internal.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.reclaim.api.ProcessListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told of the transitions of processes. Each transition is put into the mailboxes of all listeners, under one
 * lock, so that they are in the same order everywhere and those of one process in their own. Who has made a transition
 * comes here after it, and two may come in the wrong order: so each puts in whatever of the process is untold by then.
 */
public final class Listeners implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final Consumer<Consumer<ProcessRecord>> processes;

    /** Replaced under the lock, never changed. */
    private volatile List<Mailbox> mailboxes = List.of();

    private long count;

    /** Nobody is told yet; {@code processes} visits all that are known. */
    Listeners(Consumer<Consumer<ProcessRecord>> processes) {
        this.processes = processes;
    }

    /**
     * Tells a listener from now on.
     *
     * @param listener foreign code
     */
    public synchronized void add(ProcessListener listener) {
        boolean first = mailboxes.isEmpty();
        var longer = new ArrayList<>(mailboxes);
        longer.add(new Mailbox(listener, ++count));
        // Volatile, before the visit: pairs with changed(), which is called after a transition. What that finds
        // nobody to tell has come before, and the visit sees it; what finds us waits for the lock.
        mailboxes = List.copyOf(longer);
        if (first) {
            processes.accept(ProcessRecord::skipUntold);
        }
    }

    /**
     * Tells it no more, also not what it has not been told yet. A call in progress goes on.
     *
     * @param listener what was added
     */
    public synchronized void remove(ProcessListener listener) {
        var left = new ArrayList<>(mailboxes);
        left.removeIf(mailbox -> {
            boolean removed = mailbox.isOf(listener);
            if (removed) {
                mailbox.stop();
            }
            return removed;
        });
        mailboxes = List.copyOf(left);
    }

    /** To be called after each transition, by who made it. Costs one look while nobody listens. */
    void changed(ProcessRecord process) {
        if (mailboxes.isEmpty()) {
            return;
        }
        var late = new ArrayList<Mailbox>();
        synchronized (this) {
            process.tellUntold((info, before) -> {
                for (var mailbox : mailboxes) {
                    if (mailbox.put(info, before)) {
                        late.add(mailbox);
                    }
                }
            });
        }
        late.forEach(mailbox -> LOG.warn(
                "{} is {} transitions of processes behind, and misses further ones", mailbox, Mailbox.MAX_BEHIND));
    }

    /** Lets all come to their ends, when they have been told what has happened so far. */
    @Override
    public synchronized void close() {
        mailboxes.forEach(Mailbox::finish);
        mailboxes = List.of();
    }
}
