package org.reclaim.orchestrator.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.reclaim.api.ProcessLimits;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.testing.Item;

/** Tables and their processes, without anything else. */
final class TestTables {

    final Owners owners = new Owners();
    final AtomicReference<ResourceLimits> settings = new AtomicReference<>(ResourceLimits.NONE);
    final Tables tables;

    /** With the limits of {@link #settings}. */
    TestTables() {
        tables = newTables(type -> settings.get());
    }

    TestTables(Function<String, ResourceLimits> limits) {
        tables = newTables(limits);
    }

    private Tables newTables(Function<String, ResourceLimits> limits) {
        var made = new Tables(owners, limits);
        // As the orchestrator does it, but at once.
        made.listen(new Tables.Listener() {
            @Override
            public void opened(TypeTable<?> table) {
                table.releaseClosed();
            }

            @Override
            public void releasedLate(String resourceType, long pid) {
                // Nothing is unsettled here.
            }
        });
        return made;
    }

    /** A process that may acquire. */
    long process() {
        var owner = new Owner(owners.nextPid());
        owners.add(owner);
        return owner.pid();
    }

    /** A process within limits of its own, below another one or alone. */
    Owner process(Owner parent, ProcessLimits limits) {
        long pid = owners.nextPid();
        var owner = new Owner(pid, TreeLimits.of(pid, limits, parent == null ? null : parent.limits()));
        owners.add(owner);
        return owner;
    }

    /** So many items. */
    static ProcessLimits items(long limit) {
        return ProcessLimits.NONE.withResources("items", limit);
    }

    /** Limits the number of resources of each type from now on. */
    void limit(long perProcess, long inTotal) {
        settings.set(ResourceLimits.NONE.withResources(perProcess, inTotal));
        tables.limitsChanged();
    }

    Owner owner(long pid) {
        return owners.find(pid);
    }

    /** Forgets a process as if it had ended. */
    void forget(long pid) {
        assertThat(owners.tryRemove(owner(pid))).isTrue();
    }

    /** Opens the table of items for an opener of its own. */
    ResourceTable<Item> open(Releaser<? super Item> releaser) {
        return open("items", releaser);
    }

    ResourceTable<Item> open(String type, Releaser<? super Item> releaser) {
        return tables.forOpener(Optional.empty()).open(type, Item.class, releaser);
    }

    Holding<?> holding(long pid) {
        return tables.find("items").orElseThrow().holding(pid);
    }

    /** Bytes of all processes. */
    long bytes() {
        return tables.find("items").orElseThrow().bytes();
    }

    /** Ends a process as the orchestrator does. */
    static void end(Owner owner, ResourceTable<?> table) {
        owner.close();
        table.releaseAll(owner.pid());
    }
}
