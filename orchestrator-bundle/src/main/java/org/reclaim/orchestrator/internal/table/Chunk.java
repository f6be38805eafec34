package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/** Slots for entries; part of a {@link Stripe}. It never moves or shrinks, so an entry's slot is its for good. */
class Chunk {

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

    private Chunk(Stripe stripe, int size) {
        this.stripe = stripe;
        this.slots = new Entry<?>[size];
    }

    /** The first one of a stripe, which is the stripe itself. */
    Chunk(int size) {
        this.stripe = (Stripe) this;
        this.slots = new Entry<?>[size];
    }

    final Holding<?> holding() {
        return stripe.ofHolding();
    }

    final int size() {
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
     * Publishes an entry in a slot, if it is free. Volatile: tracking reads the state of the process after it (see
     * the package), and who reads the slot by {@link #entry} sees the entry complete.
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

    /** Visits all entries. */
    void forEach(Consumer<Entry<?>> visitor) {
        for (int slot = 0; slot < slots.length; slot++) {
            var entry = entry(slot);
            if (entry != null) {
                visitor.accept(entry);
            }
        }
    }

    /** Whether an entry is in one of some states: a bit for each. */
    boolean isAny(int states) {
        for (int slot = 0; slot < slots.length; slot++) {
            var entry = entry(slot);
            if (entry != null && (states >> entry.state() & 1) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Releases what no other thread is releasing; goes on after what fails. Answers whether anything is left. */
    boolean release(boolean closedOnly, Holding<?> holding, Counts counts) {
        boolean left = false;
        for (int slot = 0; slot < slots.length; slot++) {
            var entry = entry(slot);
            if (entry != null) {
                if (closedOnly ? entry.tryAcquireIfClosed() : entry.tryAcquireForRelease()) {
                    entry.releaseOrPark(holding, counts);
                }
                left |= entry.state() != Entry.FREED;
            }
        }
        return left;
    }

    /** Empties a slot, by the only thread that may, the one that freed its entry; the next one takes it again. */
    void free(int slot) {
        clear(slot);
        // Compared first: mostly it is the same, and on its line of cache may be what others read.
        if (freed != slot) {
            freed = slot;
        }
        stripe.freedIn(this);
    }

    /** Empties a slot, by the same thread. */
    void clear(int slot) {
        // Release: whoever finds the slot empty (Holding.isEmpty) also sees that the resource has been freed.
        SLOTS.setRelease(slots, slot, null);
    }
}
