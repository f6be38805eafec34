package org.reclaim.sockets.internal;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.reclaim.api.ResourceTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The selectors of this platform, and how they are made to let go of channels.
 *
 * <p>A closed channel keeps its descriptor while a selector has a key of it, and a selector drops the keys of closed
 * channels only when it selects. A thread that waits in {@code select} is woken, drops them on its way out, and is
 * done. For a selector that nobody uses at the moment somebody has to select. That takes the selector's monitor, which
 * its event loop may hold: a loop that goes back into {@code select} fast enough would keep everybody out for as long
 * as no event comes, and two loops that close each other's channels would wait for each other for ever. So a thread of
 * ours takes the monitor, and who released the channel wakes the selector until it has let go, and gives up after a
 * while.
 */
final class OwnSelectors {

    private static final Logger LOG = LoggerFactory.getLogger(OwnSelectors.class);

    /** How long a selector may keep us waiting. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long IDLE_SECONDS = 1;

    /** All that are open, except those that another instance of this class opened and nobody has asked for. */
    private final Set<Selector> known = ConcurrentHashMap.newKeySet();

    /** Selections of ours that wait for a selector's monitor, at most one for each, and since when. */
    private final Map<Selector, Long> waiting = new ConcurrentHashMap<>();

    private final ExecutorService threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform()
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .name("reclaim-sockets-select-", 0)
                    .factory());

    private volatile Optional<ResourceTable<Object>> table = Optional.empty();

    /** Sets where selectors are found that another instance opened. */
    void lookIn(ResourceTable<Object> opened) {
        table = Optional.of(opened);
    }

    Selector open() throws IOException {
        var selector = Selector.open();
        known.add(selector);
        return selector;
    }

    void close(Selector selector) throws IOException {
        try {
            selector.close();
        } finally {
            known.remove(selector);
        }
    }

    /** Lets the threads end. */
    void close() {
        threads.shutdown();
    }

    /** Makes them drop the keys of a channel that is about to be closed, without waiting for it. */
    List<Selector> askToLetGo(SelectableChannel channel) {
        var selectors = having(channel);
        for (var selector : selectors) {
            var key = channel.keyFor(selector);
            if (key != null) {
                key.cancel();
                select(selector);
            }
        }
        return selectors;
    }

    /**
     * Makes them drop the keys of a channel that is about to be closed, and waits for it.
     *
     * <p>Before the channel is closed, not after: a selector that drops the last key of a closed channel gives up its
     * descriptor a little later, and nothing tells when. Closing a channel without keys gives it up at once.
     *
     * <p>On a thread that is within a selection itself (in the action of a {@code select}, or holding the monitor that
     * a loop over selected keys should hold) it does not wait, which could be for itself: the keys are dropped when
     * that selection is over.
     */
    void letGo(SelectableChannel channel) {
        if (channel.isRegistered()) {
            var selectors = askToLetGo(channel);
            if (!isWithinSelection()) {
                selectors.forEach(selector -> awaitLetGo(channel, selector));
            }
        }
    }

    /**
     * Sees that they have let go, or will when the selection is over that this thread is within.
     *
     * @throws IOException if the channel is still registered with a selector
     */
    void requireLetGo(SelectableChannel closed) throws IOException {
        if (closed.isRegistered()) {
            var selectors = having(closed);
            if (selectors.isEmpty() || !isWithinSelection()) {
                throw new IOException("Still held: " + closed + " is closed, but registered with a selector that "
                        + (selectors.isEmpty() ? "is not from SocketManager.openSelector" : "is busy")
                        + "; it goes when that selects next or is closed");
            }
        }
    }

    private void awaitLetGo(SelectableChannel channel, Selector selector) {
        // If it has kept others waiting before, it is not waited for that long again.
        long deadline = waiting.getOrDefault(selector, System.nanoTime()) + PATIENCE_NANOS;
        boolean interrupted = false;
        while (channel.keyFor(selector) != null && System.nanoTime() - deadline < 0) {
            selector.wakeup();
            // An interrupted thread would not park but spin.
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Those that have a key of a channel. Costs time in proportion to all selectors, hardly any for each. */
    private List<Selector> having(SelectableChannel channel) {
        var found = knownHaving(channel);
        if (found.isEmpty() && channel.isRegistered()) {
            table.ifPresent(tracked -> tracked.forEach((resource, pid) -> {
                if (resource instanceof Selector selector && selector.isOpen()) {
                    known.add(selector);
                }
            }));
            found = knownHaving(channel);
        }
        return found;
    }

    private List<Selector> knownHaving(SelectableChannel channel) {
        return known.stream().filter(selector -> channel.keyFor(selector) != null).toList();
    }

    private boolean isWithinSelection() {
        return known.stream().anyMatch(OwnSelectors::isWithinSelection);
    }

    private static boolean isWithinSelection(Selector selector) {
        try {
            return Thread.holdsLock(selector) || Thread.holdsLock(selector.selectedKeys());
        } catch (ClosedSelectorException e) {
            return false;
        }
    }

    /** Wakes it, and has a thread select, unless one is waiting to do so. */
    private void select(Selector selector) {
        if (waiting.putIfAbsent(selector, System.nanoTime()) == null) {
            try {
                threads.execute(() -> selectNow(selector));
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                // Stopped, or the system gives no thread: an event loop may still do it when it is woken.
                waiting.remove(selector);
                LOG.warn("No thread to select: only an event loop can let go of closed channels", e);
            }
        }
        selector.wakeup();
    }

    private void selectNow(Selector selector) {
        try {
            synchronized (selector) {
                // Whose key is cancelled after this line asks for another selection.
                waiting.remove(selector);
                // With an action, so that the selected keys of the event loop stay as they are.
                selector.selectNow(key -> {});
            }
        } catch (ClosedSelectorException e) {
            LOG.trace("Closed meanwhile, so it has let go of all channels", e);
        } catch (IOException e) {
            LOG.warn("A selector could not select: channels that are registered with it stay held", e);
        }
    }
}
