package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Slots for entries; part of a {@link Stripe}. It never moves or shrinks, so an entry's slot is its for good. */
final class Chunk {

    private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Entry[].class);
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Chunk.class, "next", Chunk.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The slot that was freed last here. A hint: plain, may be stale; every claim is a compare-and-set. */
    int freed;

    /** Where the stripe's walk for a free slot stands, if it stands in this chunk. A hint, too. */
    int cursor;

    private final Stripe stripe;
    private final Entry<?>[] slots;

    /** Set once. Volatile: an entry is published in a chunk only after the chunk was published here. */
    private volatile Chunk next;

    Chunk(Stripe stripe, int size) {
        this.stripe = stripe;
        this.slots = new Entry<?>[size];
    }

    Holding<?> holding() {
        return stripe.holding();
    }

    int size() {
        return slots.length;
    }

    Chunk next() {
        return next;
    }

    /** The chunk behind this one, made if there is none yet. */
    Chunk appended(int size) {
        var made = new Chunk(stripe, size);
        return NEXT.compareAndSet(this, null, made) ? made : next;
    }

    boolean isFree(int slot) {
        return slots[slot] == null;
    }

    /**
     * Publishes an entry in a slot, if it is free. Volatile: tracking reads {@code Owner.closed} after it (see the
     * package), and who reads the slot by {@link #entry} sees the entry complete.
     */
    boolean tryClaim(int slot, Entry<?> entry) {
        if (slots[slot] != null) {
            return false;
        }
        entry.place(this, slot);
        return SLOTS.compareAndSet(slots, slot, null, entry);
    }

    /** The entry in a slot, or null. Volatile: pairs with {@link #tryClaim}. */
    Entry<?> entry(int slot) {
        return (Entry<?>) SLOTS.getVolatile(slots, slot);
    }

    /** Empties a slot, by the only thread that may: the one that freed its entry. */
    void free(int slot) {
        // Release: whoever finds the slot empty (Holding.isEmpty) also sees that the resource has been freed.
        SLOTS.setRelease(slots, slot, null);
        freed = slot;
        stripe.freedIn(this);
    }
}
