package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the entries of a {@link Holding} are: stripes, each a list of chunks, and how to walk over them. */
abstract class Slots extends Use {

    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

    /** So many that two threads rarely meet in one; a power of two. */
    private static final int STRIPES =
            Math.clamp(Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 8 - 1), 8, 128);

    private static final VarHandle OTHERS;
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(Stripe[].class);

    static {
        try {
            OTHERS = MethodHandles.lookup().findVarHandle(Slots.class, "others", Stripe[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The only one until two threads have met in it. */
    private final Stripe first = new Stripe((Holding<?>) this);

    /** Null until then; made when first used. */
    private volatile Stripe[] others;

    /** Publishes an entry in a slot. */
    final void put(Entry<?> entry) {
        if (!ownStripe().add(entry)) {
            spread();
        }
    }

    private Stripe ownStripe() {
        var all = others;
        if (all == null) {
            return first;
        }
        int index = (int) Thread.currentThread().threadId() & all.length - 1;
        var stripe = (Stripe) STRIPE.getAcquire(all, index);
        if (stripe != null) {
            return stripe;
        }
        var made = new Stripe((Holding<?>) this);
        // Volatile: an entry is published in the stripe only after the stripe was published here.
        return STRIPE.compareAndSet(all, index, null, made) ? made : (Stripe) STRIPE.getVolatile(all, index);
    }

    private void spread() {
        if (others == null) {
            try {
                OTHERS.compareAndSet(this, null, new Stripe[STRIPES]);
            } catch (OutOfMemoryError e) {
                LOG.trace("No memory for stripes: it goes on with one, the entry has its slot already", e);
            }
        }
    }

    /**
     * How many stripes there are to look at, missing ones included. Volatile, and asked again after the first was
     * walked: an entry is published in another one only after the array of the others was published.
     */
    final int stripes() {
        var all = others;
        return all == null ? 1 : 1 + all.length;
    }

    /** One of them, or null. Volatile: an entry is published in a stripe only after that was published here. */
    final Stripe stripe(int index) {
        return index == 0 ? first : (Stripe) STRIPE.getVolatile(others, index - 1);
    }

    /** How many slots there are, free ones included. */
    final long slots() {
        long slots = 0;
        for (int i = 0; i < stripes(); i++) {
            for (Chunk chunk = stripe(i); chunk != null; chunk = chunk.next()) {
                slots += chunk.size();
            }
        }
        return slots;
    }

    final void forEachEntry(Consumer<Entry<?>> visitor) {
        for (int i = 0; i < stripes(); i++) {
            for (Chunk chunk = stripe(i); chunk != null; chunk = chunk.next()) {
                chunk.forEach(visitor);
            }
        }
    }

    /** Whether an entry is in one of some states: a bit for each. */
    final boolean isAnyEntry(int states) {
        for (int i = 0; i < stripes(); i++) {
            for (Chunk chunk = stripe(i); chunk != null; chunk = chunk.next()) {
                if (chunk.isAny(states)) {
                    return true;
                }
            }
        }
        return false;
    }
}
