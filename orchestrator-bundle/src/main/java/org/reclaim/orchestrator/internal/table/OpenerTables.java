package org.reclaim.orchestrator.internal.table;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;

/** {@link ResourceTables} for one opener; closing it detaches all that the opener has open. */
public final class OpenerTables implements ResourceTables, AutoCloseable {

    private final Tables tables;
    private final ClassLoader forbidden;
    private final List<OpenedTable<?>> opened = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    OpenerTables(Tables tables, ClassLoader forbidden) {
        this.tables = tables;
        this.forbidden = forbidden;
    }

    @Override
    public <R> ResourceTable<R> open(String resourceType, Class<R> resource, Releaser<? super R> releaser) {
        var table = tables.open(resourceType, resource, releaser, forbidden);
        // Who opens and detaches again and again is not to leave something here each time.
        opened.removeIf(OpenedTable::isDetached);
        opened.add(table);
        if (closed) {
            // Closed meanwhile: that may have missed this one.
            table.detach();
            throw new IllegalStateException("The bundle that opens the table of " + resourceType + " has stopped");
        }
        return table;
    }

    @Override
    public ProcessManager processes() {
        return tables.processes();
    }

    @Override
    public void close() {
        closed = true;
        opened.forEach(ResourceTable::detach);
    }
}
