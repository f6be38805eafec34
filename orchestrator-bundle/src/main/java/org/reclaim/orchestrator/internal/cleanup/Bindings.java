package org.reclaim.orchestrator.internal.cleanup;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.TypeOutcome;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.Owners;
import org.reclaim.orchestrator.internal.table.Tables;
import org.reclaim.orchestrator.internal.table.TypeTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which cleanup counts for each type, and in which order. Readers take an immutable snapshot; binding and unbinding
 * replace it.
 */
public final class Bindings {

    private static final Logger LOG = LoggerFactory.getLogger(Bindings.class);
    private static final Duration UNBIND_TIMEOUT = Duration.ofSeconds(2);

    /**
     * One type in the order of cleanup.
     *
     * @param resourceType its name
     * @param bound        its cleanup, or null if it has none
     * @param ranking      where it is in the order; of no meaning if it is alone
     * @param table        its table, or null if it has none
     * @param empty        the outcome for a process that holds nothing of it: the same for all, so made once
     */
    record Step(String resourceType, Bound bound, int ranking, TypeTable<?> table, TypeOutcome empty) {

        /** Highest ranking first; among equals the last registered first. */
        private static final Comparator<Step> CLEANUP_ORDER = Comparator.comparingInt(Step::ranking)
                .thenComparingLong(step -> step.bound().registration())
                .reversed();

        Step(String resourceType, Bound bound, int ranking, TypeTable<?> table) {
            this(resourceType, bound, ranking, table, emptyOutcome(resourceType));
        }

        /** Of a type that has no cleanup. */
        Step(String resourceType, TypeTable<?> table) {
            this(resourceType, null, 0, table);
        }

        /**
         * Whether the table alone says what a process holds of the type. Not if nobody has it open although there is a
         * cleanup: that one has no use for the table, which an earlier one left behind.
         */
        boolean isTableInUse() {
            return table != null && (bound == null || table.isOpen());
        }

        private static TypeOutcome emptyOutcome(String type) {
            var stats = CleanupStats.of(type, 0, 0, 0, Duration.ZERO);
            return new TypeOutcome(type, TypeOutcome.Status.EMPTY, stats, "");
        }
    }

    /**
     * A type that has no cleanup, but of which processes may hold something.
     *
     * @param step    the type
     * @param lastPid without a table: the last process that may; it was the last one when the cleanup went
     */
    record Away(Step step, long lastPid) {}

    /**
     * One moment, in one object: who reads one half after the other could find a type in neither.
     *
     * @param bound    the types that have a cleanup, in order
     * @param away     those that have none
     * @param told     those of the bound that want to know when a process ends
     * @param allEmpty the outcomes for a process that holds nothing: the same for all, so made once
     */
    record Snapshot(Step[] bound, Away[] away, Step[] told, List<TypeOutcome> allEmpty) {

        Snapshot(Step[] bound, Away[] away) {
            this(
                    bound,
                    away,
                    Arrays.stream(bound)
                            .filter(step -> step.bound().cleanup() instanceof ProcessEnding)
                            .toArray(Step[]::new),
                    Arrays.stream(bound).map(Step::empty).toList());
        }

        /** Whether it is certain, without asking anybody, that a process never held anything of any type. */
        boolean isNothingHeld(Owner owner) {
            if (away.length > 0) {
                return false;
            }
            for (var step : bound) {
                if (!step.isTableInUse() || step.table().holding(owner) != null) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Owners owners;
    private final Tables tables;
    private final Supplier<Settings> settings;

    /** Under the lock: all services of a type, the last bound last. */
    private final Map<String, List<Bound>> byType = new HashMap<>();

    /** Types without a table that were bound: no process with a later pid can hold anything of them. */
    private final Map<String, Long> goneAfter = new LinkedHashMap<>();

    /**
     * Cleanups that went although calls were in them. A thread that still runs their code keeps them, and their class
     * loaders; we must not.
     */
    private final List<WeakReference<Bound>> leftWithCalls = new CopyOnWriteArrayList<>();

    private volatile Snapshot snapshot = new Snapshot(new Step[0], new Away[0]);

    Bindings(Owners owners, Tables tables, Supplier<Settings> settings) {
        this.owners = owners;
        this.tables = tables;
        this.settings = settings;
    }

    /** How it is at this moment. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** The types that have a cleanup, in order. */
    Step[] steps() {
        return snapshot.bound();
    }

    /** The cleanup that counts for a type, or null. */
    Bound current(String resourceType) {
        for (var step : steps()) {
            if (step.resourceType().equals(resourceType)) {
                return step.bound();
            }
        }
        return null;
    }

    /** The step of a type as it is now, bound or not. */
    Step step(String resourceType) {
        return new Step(resourceType, current(resourceType), 0, tables.find(resourceType).orElse(null));
    }

    /** Makes a cleanup the one of its type. */
    synchronized void bind(Bound bound) {
        var all = byType.computeIfAbsent(bound.resourceType(), type -> new ArrayList<>());
        if (!all.isEmpty()) {
            LOG.warn(
                    "Two cleanups for resource type '{}': {} now counts, {} waits until it goes",
                    bound.resourceType(),
                    nameOf(bound),
                    nameOf(all.getLast()));
        }
        all.add(bound);
        goneAfter.remove(bound.resourceType());
        renew();
    }

    /** Gives a cleanup another ranking; that of the configuration goes before it. */
    synchronized void rank(Bound bound, int ranking) {
        bound.rank(ranking);
        renew();
    }

    /**
     * Removes a cleanup, so that the next one of its type counts; then bars new calls and waits for those in flight.
     *
     * @return false if it was not bound
     */
    boolean unbind(Bound bound) {
        if (!remove(bound)) {
            return false;
        }
        boolean quiet = bound.close(UNBIND_TIMEOUT);
        if (!quiet) {
            LOG.warn("Unbinding {} although calls into it are still in flight: they count as failed", bound);
        }
        leftWithCalls.removeIf(left -> left.get() == null);
        if (!quiet || bound.stuck() > 0) {
            leftWithCalls.add(new WeakReference<>(bound));
        }
        return true;
    }

    /** How many calls of a type are stuck, those into cleanups that have gone included. */
    int stuck(Step step) {
        int stuck = step.bound() == null ? 0 : step.bound().stuck();
        for (var left : leftWithCalls) {
            var bound = left.get();
            // Of those that came through a front, too: nobody gave them up, but they are in code that should be gone.
            stuck += bound != null && bound.resourceType().equals(step.resourceType()) ? (int) bound.inFlight() : 0;
        }
        return stuck;
    }

    private synchronized boolean remove(Bound bound) {
        var all = byType.get(bound.resourceType());
        if (all == null || !all.remove(bound)) {
            return false;
        }
        if (all.isEmpty()) {
            byType.remove(bound.resourceType());
            if (tables.find(bound.resourceType()).isEmpty()) {
                goneAfter.put(bound.resourceType(), owners.lastPid());
            }
        }
        renew();
        return true;
    }

    /** To be called when a table was opened for the first time, or the settings have changed, too. */
    synchronized void renew() {
        var rankings = settings.get().rankings();
        var bound = byType.values().stream()
                .map(List::getLast)
                .map(last -> new Step(
                        last.resourceType(),
                        last,
                        rankings.getOrDefault(last.resourceType(), last.ranking()),
                        tables.find(last.resourceType()).orElse(null)))
                .sorted(Step.CLEANUP_ORDER)
                .toArray(Step[]::new);
        var away = new ArrayList<Away>();
        for (var table : tables.all()) {
            if (!byType.containsKey(table.resourceType())) {
                away.add(new Away(new Step(table.resourceType(), table), 0));
            }
        }
        goneAfter.forEach((type, lastPid) -> {
            if (tables.find(type).isEmpty()) {
                away.add(new Away(new Step(type, null), lastPid));
            }
        });
        snapshot = new Snapshot(bound, away.toArray(Away[]::new));
    }

    /** The types that have a cleanup, in order, by name. */
    List<String> types() {
        return Arrays.stream(steps()).map(Step::resourceType).toList();
    }

    private static String nameOf(Bound bound) {
        return bound.bundle().isEmpty() ? bound.cleanup().getClass().getName() : bound.bundle();
    }
}
