package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceInfo;

/** What one process holds of one type. */
public final class Holding<R> {

    /** So many that two threads rarely meet in one; a power of two. */
    private static final int STRIPES =
            Math.clamp(Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 8 - 1), 8, 128);

    private static final VarHandle OTHERS;
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(Stripe[].class);
    private static final VarHandle BYTES;
    private static final VarHandle TALLY;

    static {
        try {
            var lookup = MethodHandles.lookup();
            OTHERS = lookup.findVarHandle(Holding.class, "others", Stripe[].class);
            BYTES = lookup.findVarHandle(Holding.class, "bytes", long.class);
            TALLY = lookup.findVarHandle(Holding.class, "tally", Tally.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Owner owner;
    private final TypeTable<R> table;

    /** The only one until two threads have met in it. */
    private final Stripe first = new Stripe(this);

    /** Null until then; made when first used. */
    private volatile Stripe[] others;

    private volatile long bytes;

    /** Made when the first is asked for. */
    private volatile Singles singles;

    /** Made by the first end or retry. */
    private volatile Tally tally;

    Holding(Owner owner, TypeTable<R> table) {
        this.owner = owner;
        this.table = table;
    }

    Owner owner() {
        return owner;
    }

    TypeTable<R> table() {
        return table;
    }

    /** What ends and retries have released of it. */
    public Tally tally() {
        var present = tally;
        return present != null ? present : makeTally();
    }

    private Tally makeTally() {
        var made = new Tally();
        return TALLY.compareAndSet(this, null, made) ? made : tally;
    }

    /** Bytes reserved or held. */
    public long bytes() {
        return bytes;
    }

    /** Publishes an entry, or refuses it because the process is ending: then it is as if it had never been. */
    <E extends Entry<?>> E add(E entry) {
        if (!stripe().add(entry)) {
            spread();
        }
        // Volatile read after the volatile publication: pairs with Owner.close() before the end's scan. If it reads
        // false, that scan finds the entry. Without this order a process could end and the entry stay for ever.
        if (!isOpen()) {
            var refusal = refusal();
            if (entry.withdraw()) {
                throw refusal;
            }
        }
        return entry;
    }

    /** Whether more can be acquired: the process does not end, and the table was not replaced by another one. */
    boolean isOpen() {
        return !owner.isClosed() && !table.isReplaced();
    }

    void requireOpen() {
        if (!isOpen()) {
            throw refusal();
        }
    }

    private RuntimeException refusal() {
        return owner.isClosed()
                ? new ProcessEndedException(owner.pid(), "acquire " + table.resourceType())
                : table.unavailable();
    }

    private Stripe stripe() {
        var all = others;
        if (all == null) {
            return first;
        }
        int index = (int) Thread.currentThread().threadId() & all.length - 1;
        var stripe = (Stripe) STRIPE.getAcquire(all, index);
        if (stripe != null) {
            return stripe;
        }
        var made = new Stripe(this);
        // Volatile: an entry is published in the stripe only after the stripe was published here.
        return STRIPE.compareAndSet(all, index, null, made) ? made : (Stripe) STRIPE.getVolatile(all, index);
    }

    private void spread() {
        if (others == null) {
            OTHERS.compareAndSet(this, null, new Stripe[STRIPES]);
        }
    }

    /** Takes bytes of the process's share; the caller checks the limit through {@code limit}. */
    boolean tryTake(long size, long limit) {
        while (true) {
            long used = bytes;
            if (size > limit - used) {
                return false;
            }
            if (BYTES.compareAndSet(this, used, used + size)) {
                return true;
            }
        }
    }

    /** Gives bytes back, to the process's share and the platform's. */
    void giveBack(long size) {
        if (size != 0) {
            BYTES.getAndAdd(this, -size);
            table.giveBack(size);
        }
    }

    /** Gives bytes back to the process's share alone. */
    void untake(long size) {
        BYTES.getAndAdd(this, -size);
    }

    /** Called after each release. A late one may settle what the end had to leave. */
    void released() {
        if (owner.isEnded()) {
            table.releasedLate(owner.pid());
        }
    }

    /** How many slots there are, free ones included. */
    long slots() {
        var slots = new long[1];
        anyChunk(chunk -> {
            slots[0] += chunk.size();
            return false;
        });
        return slots[0];
    }

    /** Visits all chunks; stops when the visitor answers true, and says whether it did. */
    private boolean anyChunk(Predicate<Chunk> visitor) {
        if (anyChunk(first, visitor)) {
            return true;
        }
        // Volatile: an entry is published in one of them only after they were published here.
        var all = others;
        for (int i = 0; all != null && i < all.length; i++) {
            if (anyChunk((Stripe) STRIPE.getVolatile(all, i), visitor)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyChunk(Stripe stripe, Predicate<Chunk> visitor) {
        for (Chunk chunk = stripe; chunk != null; chunk = chunk.next()) {
            if (visitor.test(chunk)) {
                return true;
            }
        }
        return false;
    }

    void forEachEntry(Consumer<Entry<?>> visitor) {
        anyChunk(chunk -> {
            chunk.forEach(visitor);
            return false;
        });
    }

    /** Whether everything has been freed. */
    public boolean isEmpty() {
        return !isAnyEntry(Entry.HELD) && !areSinglesHeld();
    }

    /** Whether some thread is releasing something at this moment, or making a single. */
    public boolean isBusy() {
        var present = singles;
        return isAnyEntry(1 << Entry.RELEASING) || present != null && present.areBusy();
    }

    private boolean isAnyEntry(int states) {
        return anyChunk(chunk -> chunk.isAny(states));
    }

    private boolean areSinglesHeld() {
        var present = singles;
        return present != null && present.areHeld();
    }

    /** What is held, for display. */
    public List<ResourceInfo> resources() {
        var found = new ArrayList<ResourceInfo>();
        forEachEntry(entry -> {
            if (entry.state() != Entry.FREED) {
                found.add(entry.info());
            }
        });
        return found;
    }

    /** How many resources are held. */
    public long count() {
        var count = new long[1];
        forEachEntry(entry -> count[0] += entry.state() == Entry.FREED ? 0 : 1);
        return count[0];
    }

    /**
     * Releases everything that no other thread is releasing, going on after each that fails. Then, if nothing else is
     * left, the singles.
     */
    public void releaseAll() {
        release(false);
        releaseSinglesIfAlone();
    }

    /** Releases the singles, if nothing else is left. */
    public void releaseSinglesIfAlone() {
        var present = singles;
        if (present != null && !isAnyEntry(Entry.HELD)) {
            present.release();
        }
    }

    /** Releases what users closed while the type was away, or whose release failed. */
    void releaseClosed() {
        release(true);
    }

    private void release(boolean closedOnly) {
        var counts = tally().counts();
        try {
            anyChunk(chunk -> {
                chunk.release(closedOnly, this, counts);
                return false;
            });
        } finally {
            counts.done();
        }
    }

    /** See {@code ResourceTable.one}. */
    <T> T one(Class<T> type, Supplier<? extends T> create) {
        var present = singles;
        return (present != null ? present : makeSingles()).one(type, create);
    }

    private synchronized Singles makeSingles() {
        if (singles == null) {
            singles = new Singles(this);
        }
        return singles;
    }

    private List<Single<?>> singles() {
        var present = singles;
        return present == null ? List.of() : present.all();
    }

    /** What is being released at this moment; each answers whether it still is. */
    List<BooleanSupplier> releasing() {
        var found = new ArrayList<BooleanSupplier>();
        forEachEntry(entry -> {
            if (entry.state() == Entry.RELEASING) {
                found.add(() -> entry.state() == Entry.RELEASING);
            }
        });
        singles().stream().filter(Single::isReleasing).forEach(single -> found.add(single::isReleasing));
        return found;
    }
}
