package org.reclaim.orchestrator.internal.testing;

import java.util.concurrent.atomic.AtomicInteger;

/** A resource that knows how often it was released. */
public final class Item {

    private final int id;
    private final AtomicInteger releases = new AtomicInteger();

    public Item(int id) {
        this.id = id;
    }

    public Item() {
        this(0);
    }

    public int id() {
        return id;
    }

    /** What a releaser does. */
    public void release() {
        releases.incrementAndGet();
    }

    public int releases() {
        return releases.get();
    }

    public boolean isReleased() {
        return releases() > 0;
    }

    @Override
    public String toString() {
        return "item " + id + ", released " + releases() + " times";
    }
}
