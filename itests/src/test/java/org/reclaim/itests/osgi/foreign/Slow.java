package org.reclaim.itests.osgi.foreign;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;

/** A type whose releases take until a system property is set. Its other service acquires for a pid. */
@Component(service = {ResourceCleanup.class, LongFunction.class}, property = "slow=true", immediate = true)
public final class Slow implements ResourceCleanup, LongFunction<AutoCloseable> {

    public static final String TYPE = "slow";
    public static final String LET_GO = "reclaim.itests.slow.let.go";

    private final ResourceTable<String> table;

    @Activate
    public Slow(@Reference ResourceTables tables) {
        table = tables.open(TYPE, String.class, Slow::release);
    }

    @Deactivate
    void deactivate() {
        table.detach();
    }

    private static void release(String thing) {
        Journal.note("releasing " + thing);
        while (System.getProperty(LET_GO) == null) {
            LockSupport.parkNanos(1_000_000);
        }
        Journal.note("released " + thing);
    }

    @Override
    public AutoCloseable apply(long pid) {
        return table.track(pid, "thing");
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
