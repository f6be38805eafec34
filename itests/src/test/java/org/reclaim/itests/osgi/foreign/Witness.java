package org.reclaim.itests.osgi.foreign;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;

/** A type of which every process holds one thing until its cleanup was called; the journal says for whom it was. */
public class Witness implements ResourceCleanup {

    private final Set<Long> cleaned = ConcurrentHashMap.newKeySet();
    private final String type;

    /** A type of that name. */
    public Witness(String type) {
        this.type = type;
    }

    @Override
    public CleanupStats cleanup(long pid) {
        Journal.note(type + " cleaned " + pid);
        cleaned.add(pid);
        return CleanupStats.of(type, 1, 0, 0, Duration.ofNanos(1));
    }

    @Override
    public String resourceType() {
        return type;
    }

    /** No once after each cleanup: pids begin anew when the platform's bundle is started again. */
    @Override
    public boolean hasResources(long pid) {
        return !cleaned.remove(pid);
    }
}
