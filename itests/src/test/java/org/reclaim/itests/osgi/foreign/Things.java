package org.reclaim.itests.osgi.foreign;

import java.util.function.LongConsumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.itests.osgi.foreign.thing.Thing;

/** A type whose resources are of a class that a third bundle defines. Its other service acquires one for a pid. */
@Component(service = {ResourceCleanup.class, LongConsumer.class}, property = "things=true", immediate = true)
public final class Things implements ResourceCleanup, LongConsumer {

    private final ResourceTable<Thing> table;

    @Activate
    public Things(@Reference ResourceTables tables) {
        table = tables.open(resourceType(), Thing.class, thing -> {});
    }

    @Deactivate
    void deactivate() {
        table.detach();
    }

    @Override
    public void accept(long pid) {
        table.track(pid, new Thing());
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return "things";
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
