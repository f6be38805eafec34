package org.reclaim.orchestrator.internal.testing;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;

/** A well-behaved type without a table, to be overridden where a test wants it to misbehave. */
public class Asked implements ResourceCleanup {

    private final String type;
    private final Set<Long> holding = ConcurrentHashMap.newKeySet();
    private final Queue<Long> cleaned = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> callers = new ConcurrentLinkedQueue<>();

    public Asked(String type) {
        this.type = type;
    }

    /** Acquires one resource. */
    public void hold(long pid) {
        holding.add(pid);
    }

    public boolean holds(long pid) {
        return holding.contains(pid);
    }

    /** The processes for which {@link #cleanup} was called, in order. */
    public Queue<Long> cleaned() {
        return cleaned;
    }

    /** The threads that called it. */
    public Queue<Thread> callers() {
        return callers;
    }

    @Override
    public CleanupStats cleanup(long pid) {
        callers.add(Thread.currentThread());
        cleaned.add(pid);
        return holding.remove(pid) ? CleanupStats.of(type, 1, 0, 0, Duration.ZERO) : CleanupStats.NONE;
    }

    @Override
    public String resourceType() {
        return type;
    }

    @Override
    public boolean hasResources(long pid) {
        return holds(pid);
    }
}
