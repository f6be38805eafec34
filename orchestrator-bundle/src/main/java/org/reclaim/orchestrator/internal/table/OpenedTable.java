package org.reclaim.orchestrator.internal.table;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Reservation;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;

/** A table as one opener sees it. */
final class OpenedTable<R> implements ResourceTable<R> {

    private final Tables tables;
    private final TypeTable<R> table;
    private final TypeTable.Opener opener;
    private final ClassLoader forbidden;
    private volatile boolean detached;

    OpenedTable(Tables tables, TypeTable<R> table, TypeTable.Opener opener, ClassLoader forbidden) {
        this.tables = tables;
        this.table = table;
        this.opener = opener;
        this.forbidden = forbidden;
    }

    @Override
    public <T extends R> ResourceHandle<T> track(long pid, T resource) {
        var holding = openHolding(pid);
        requireLasting(resource);
        var entry = new Entry<>(resource);
        if (holding.takePlace()) {
            entry.setCounted();
        }
        return holding.add(entry);
    }

    @Override
    public Reservation<R> reserve(long pid, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes is " + bytes + ", must be 0 or more");
        }
        var holding = openHolding(pid);
        boolean counted = holding.takePlace();
        if (bytes > 0) {
            takeBytes(holding, bytes, counted);
        }
        return new Place<>(this, holding, bytes, counted);
    }

    private static void takeBytes(Holding<?> holding, long bytes, boolean counted) {
        try {
            holding.takeBytes(bytes);
        } catch (RuntimeException | Error e) { // refused, or no memory to say so
            holding.giveBack(0, counted);
            throw e;
        }
    }

    @Override
    public <T extends R> T one(long pid, Class<T> type, Supplier<? extends T> create) {
        requireLastingClass(type);
        return openHolding(pid).one(type, () -> {
            var made = create.get();
            if (made != null) {
                requireLasting(made);
            }
            return made;
        });
    }

    private Holding<R> openHolding(long pid) {
        if (detached) {
            throw table.unavailable();
        }
        return tables.owners().open(pid, table).holdingOf(table);
    }

    boolean isDetached() {
        return detached;
    }

    /** Refuses null, and what would die with the opener's bundle. */
    void requireLasting(Object resource) {
        requireLastingClass(resource.getClass());
    }

    private void requireLastingClass(Class<?> type) {
        if (forbidden != null && type.getClassLoader() == forbidden) {
            throw foreignClassNeeded(table.resourceType(), type);
        }
    }

    static IllegalArgumentException foreignClassNeeded(String resourceType, Class<?> type) {
        return new IllegalArgumentException("Resources of " + resourceType + " are of " + type.getName()
                + ", which the opener's own bundle defines: use a class of the JDK or of an API bundle, so that the"
                + " resources outlive the opener");
    }

    @Override
    public void forEach(long pid, Consumer<? super R> action) {
        var holding = table.holding(pid);
        if (holding != null) {
            visit(holding, action);
        }
    }

    @Override
    public void forEach(ObjLongConsumer<? super R> action) {
        tables.owners().forEach(owner -> {
            var holding = owner.holding(table);
            if (holding != null) {
                visit(holding, resource -> action.accept(resource, owner.pid()));
            }
        });
    }

    private void visit(Holding<R> holding, Consumer<? super R> action) {
        holding.forEachEntry(entry -> {
            if (entry.state() == Entry.LIVE) {
                // Only track put it there, and it took an R; null once it has been freed.
                @SuppressWarnings("unchecked")
                var resource = (R) entry.resource();
                if (resource != null) {
                    action.accept(resource);
                }
            }
        });
    }

    @Override
    public CleanupStats releaseAll(long pid) {
        var holding = table.holding(pid);
        if (holding == null) {
            return CleanupStats.NONE;
        }
        var tally = holding.tally();
        long start = tally.since();
        long freed = tally.freed();
        long bytes = tally.bytes();
        long failed = tally.failed();
        boolean left = holding.releaseAll();
        var stats = CleanupStats.of(
                table.resourceType(),
                tally.freed() - freed,
                tally.bytes() - bytes,
                tally.failed() - failed,
                Duration.ofNanos(System.nanoTime() - start));
        if (!left) {
            tally.tellOfAll(stats);
        }
        return stats;
    }

    @Override
    public boolean hasResources(long pid) {
        var holding = table.holding(pid);
        return holding != null && !holding.isEmpty();
    }

    @Override
    public void detach() {
        detached = true;
        table.detach(opener);
    }
}
