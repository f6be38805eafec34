package org.reclaim.orchestrator.internal.testing;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;

/** A well-behaved type that keeps {@link Item}s in a table; how it releases them is up to the test. */
public class Shelf implements ResourceCleanup {

    private final String type;
    private final ResourceTable<Item> table;
    private final Queue<Thread> callers = new ConcurrentLinkedQueue<>();

    public Shelf(String type, ResourceTables tables, Releaser<Item> releaser) {
        this.type = type;
        table = tables.open(type, Item.class, releaser);
    }

    public Shelf(String type, ResourceTables tables) {
        this(type, tables, Item::release);
    }

    /** A releaser that says that it never waits. */
    public static Releaser<Item> nonBlocking(Releaser<Item> releaser) {
        return new Releaser<>() {
            @Override
            public void release(Item item) throws Exception {
                releaser.release(item);
            }

            @Override
            public boolean nonBlocking() {
                return true;
            }
        };
    }

    public ResourceTable<Item> table() {
        return table;
    }

    /** Acquires an item. */
    public ResourceHandle<Item> hold(long pid) {
        return table.track(pid, new Item());
    }

    /** Acquires an item that has a size and a name. */
    public ResourceHandle<Item> hold(long pid, long bytes, String label) {
        try (var place = table.reserve(pid, bytes)) {
            return place.track(new Item(), label);
        }
    }

    /** The threads that called {@link #cleanup}, in order. */
    public Queue<Thread> callers() {
        return callers;
    }

    @Override
    public CleanupStats cleanup(long pid) {
        callers.add(Thread.currentThread());
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return type;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
