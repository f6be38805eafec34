package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.internal.table.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pairs of pid and type that ended and are not freed yet. They are tried again with back-off, and when something has
 * happened that gives hope; after ten tries a pair is tried only then.
 */
final class Unsettled implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Unsettled.class);
    private static final int MAX_PAIRS = 100_000;
    private static final int MAX_TRIES = 10;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    private record Key(long pid, String resourceType) {}

    /** One pair. The fields that change are written by the retrying thread alone. */
    private static final class Pair {
        private final Owner owner;
        private final Instant since = Instant.now();
        private volatile TypeOutcome outcome;
        private volatile int tries;

        Pair(Owner owner, TypeOutcome outcome) {
            this.owner = owner;
            this.outcome = outcome;
        }
    }

    /** Tries a pair once, and waits for it. */
    interface Retry {
        TypeOutcome attempt(long pid, Owner owner, String resourceType);
    }

    /** What waits in a table for a pair: resources and bytes. */
    record Waiting(long resources, long bytes) {}

    private final ConcurrentHashMap<Key, Pair> pairs = new ConcurrentHashMap<>();
    private final AtomicBoolean full = new AtomicBoolean();
    private final Retry retry;
    private final ScheduledThreadPoolExecutor timer;

    Unsettled(ScheduledThreadPoolExecutor timer, Retry retry) {
        this.timer = timer;
        this.retry = retry;
    }

    /** Remembers a pair, and tries it again later. {@code owner} may be null: unknown. */
    void add(long pid, Owner owner, TypeOutcome outcome) {
        if (pairs.size() >= MAX_PAIRS) {
            if (full.compareAndSet(false, true)) {
                LOG.warn("{} unsettled pairs of process and type: no further ones are remembered", MAX_PAIRS);
            }
            return;
        }
        var key = new Key(pid, outcome.resourceType());
        pairs.put(key, new Pair(owner, outcome));
        backOff(key, 0, outcome);
    }

    /** Removes a pair because it was freed; says whether it was there. */
    boolean settle(long pid, String resourceType) {
        boolean removed = pairs.remove(new Key(pid, resourceType)) != null;
        if (removed) {
            full.set(false);
        }
        return removed;
    }

    boolean contains(long pid, String resourceType) {
        return pairs.containsKey(new Key(pid, resourceType));
    }

    /** Tries a pair soon, if it is there. */
    void trySoon(long pid, String resourceType) {
        var key = new Key(pid, resourceType);
        if (pairs.containsKey(key)) {
            schedule(key, Duration.ZERO);
        }
    }

    /** Tries all pairs of a type soon. */
    void trySoon(String resourceType) {
        for (var key : pairs.keySet()) {
            if (key.resourceType().equals(resourceType)) {
                schedule(key, Duration.ZERO);
            }
        }
    }

    private void schedule(Key key, Duration delay) {
        if (!timer.isShutdown()) {
            timer.schedule(() -> attempt(key), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Without a cleanup waiting is no use: binding one tries the pair. */
    private void backOff(Key key, int tries, TypeOutcome outcome) {
        if (tries < MAX_TRIES && outcome.status() != TypeOutcome.Status.UNBOUND) {
            schedule(key, FIRST_DELAY.multipliedBy(1L << tries));
        }
    }

    private void attempt(Key key) {
        var pair = pairs.get(key);
        if (pair == null) {
            return;
        }
        try {
            var outcome = retry.attempt(key.pid(), pair.owner, key.resourceType());
            if (!outcome.status().isSettled()) {
                pair.outcome = outcome;
                if (outcome.status() != TypeOutcome.Status.UNBOUND) {
                    pair.tries++;
                }
                backOff(key, pair.tries, outcome);
            }
        } catch (RuntimeException e) { // a defect of ours must not stop the retries of all others
            LOG.error("Trying again to free {} of process {} failed", key.resourceType(), key.pid(), e);
        }
    }

    /** All pairs, oldest first. */
    List<UnsettledResources> list(WaitingOf waitingOf) {
        return pairs.entrySet().stream()
                .map(entry -> {
                    var key = entry.getKey();
                    var pair = entry.getValue();
                    var waiting = waitingOf.waiting(Optional.ofNullable(pair.owner), key.resourceType());
                    return new UnsettledResources(
                            key.pid(),
                            key.resourceType(),
                            pair.outcome.status(),
                            waiting.resources(),
                            waiting.bytes(),
                            pair.tries,
                            pair.since,
                            pair.outcome.detail());
                })
                .sorted(Comparator.comparing(UnsettledResources::since)
                        .thenComparingLong(UnsettledResources::pid)
                        .thenComparing(UnsettledResources::resourceType))
                .toList();
    }

    /** Counts what waits in a table. */
    interface WaitingOf {
        Waiting waiting(Optional<Owner> owner, String resourceType);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
