package org.reclaim.orchestrator.internal.cleanup;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.internal.table.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pairs of pid and type that ended and are not freed yet. They are tried again with back-off, and when something has
 * happened that gives hope; after ten tries a pair is tried only then. One worker at a time tries them, one after the
 * other, so that what hangs costs no more threads than it must.
 */
final class Unsettled {

    private static final Logger LOG = LoggerFactory.getLogger(Unsettled.class);
    private static final int MAX_PAIRS = 100_000;
    private static final int MAX_TRIES = 10;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    private record Key(long pid, String resourceType) {}

    /** One pair. */
    private static final class Pair {
        private final Owner owner;
        private final Instant since = Instant.now();
        private volatile TypeOutcome outcome;
        private volatile int tries;

        /** Whether it waits in the queue already: what gives hope often comes in thousands. */
        private final AtomicBoolean queued = new AtomicBoolean();

        Pair(Owner owner, TypeOutcome outcome) {
            this.owner = owner;
            this.outcome = outcome;
        }
    }

    /** Tries a pair once, and waits for it. */
    interface Retry {
        /** Empty if it can't be tried before a stuck call returns. */
        Optional<TypeOutcome> attempt(long pid, Owner owner, String resourceType);
    }

    /** What waits in a table for a pair: resources and bytes. */
    record Waiting(long resources, long bytes) {}

    private final ConcurrentHashMap<Key, Pair> pairs = new ConcurrentHashMap<>();
    private final AtomicBoolean full = new AtomicBoolean();
    private final Queue<Key> due = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile boolean closed;
    private final Workers workers;
    private final ScheduledExecutorService timer;
    private final Retry retry;

    Unsettled(Workers workers, ScheduledExecutorService timer, Retry retry) {
        this.workers = workers;
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
        pairs.computeIfAbsent(key, absent -> new Pair(owner, outcome)).outcome = outcome;
        backOff(key, 0, outcome);
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** Removes a pair because it was freed; says whether it was there. */
    boolean settle(long pid, String resourceType) {
        boolean removed = !pairs.isEmpty() && pairs.remove(new Key(pid, resourceType)) != null;
        if (removed) {
            full.set(false);
        }
        return removed;
    }

    /** Tries a pair soon; false if it is not there. */
    boolean trySoon(long pid, String resourceType) {
        var key = new Key(pid, resourceType);
        var pair = pairs.get(key);
        if (pair != null) {
            queue(key, pair);
            startTrying();
        }
        return pair != null;
    }

    /** Tries all pairs of a type soon. */
    void trySoon(String resourceType) {
        pairs.forEach((key, pair) -> {
            if (key.resourceType().equals(resourceType)) {
                queue(key, pair);
            }
        });
        startTrying();
    }

    private void queue(Key key, Pair pair) {
        if (pair.queued.compareAndSet(false, true)) {
            due.add(key);
        }
    }

    private void startTrying() {
        if (!due.isEmpty() && !closed && trying.compareAndSet(false, true)) {
            if (!workers.tryExecute("trying again what is unsettled", this::tryAll)) {
                trying.set(false); // the next occasion will be taken
            }
        }
    }

    private void tryAll() {
        try {
            for (var key = due.poll(); key != null && !closed; key = due.poll()) {
                attempt(key);
            }
        } finally {
            trying.set(false);
        }
        // Looks again: what came between the last look and the flag found the flag set.
        startTrying();
    }

    private void attempt(Key key) {
        var pair = pairs.get(key);
        if (pair == null) {
            return;
        }
        pair.queued.set(false); // before the try: what happens from now on is a reason to try once more
        try {
            retry.attempt(key.pid(), pair.owner, key.resourceType()).ifPresent(outcome -> record(key, pair, outcome));
        } catch (RuntimeException | Error e) { // a defect of ours must not stop the retries of all others
            LOG.error("Trying again to free {} of process {} failed", key.resourceType(), key.pid(), e);
        }
    }

    /** Called by the one worker that tries. */
    private void record(Key key, Pair pair, TypeOutcome outcome) {
        if (outcome.status().isSettled()) {
            return;
        }
        pair.outcome = outcome;
        if (outcome.status() != TypeOutcome.Status.UNBOUND) {
            int tries = pair.tries + 1;
            pair.tries = tries;
            backOff(key, tries, outcome);
        }
    }

    /** Without a cleanup waiting is no use: binding one tries the pair. */
    private void backOff(Key key, int tries, TypeOutcome outcome) {
        if (tries < MAX_TRIES && outcome.status() != TypeOutcome.Status.UNBOUND) {
            var delay = FIRST_DELAY.multipliedBy(1L << tries);
            timer.schedule(
                    () -> trySoonUnlessTried(key, tries), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** What was tried meanwhile has a later date of its own. */
    private void trySoonUnlessTried(Key key, int tries) {
        var pair = pairs.get(key);
        if (pair != null && pair.tries == tries) {
            trySoon(key.pid(), key.resourceType());
        }
    }

    /** Tries nothing from now on; what is at work finishes. */
    void close() {
        closed = true;
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
}
