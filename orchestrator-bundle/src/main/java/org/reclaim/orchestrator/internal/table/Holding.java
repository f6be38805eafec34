package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
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

    private static final VarHandle STRIPES_FIELD;
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(Stripe[].class);
    private static final VarHandle BYTES;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STRIPES_FIELD = lookup.findVarHandle(Holding.class, "stripes", Stripe[].class);
            BYTES = lookup.findVarHandle(Holding.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Owner owner;
    private final TypeTable<R> table;

    /** One until two threads have met, then many, made when first used. */
    private volatile Stripe[] stripes = {new Stripe(this)};

    private volatile long bytes;

    /** Replaced under the lock, never changed. */
    private volatile List<Single<?>> singles = List.of();

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

    private synchronized Tally makeTally() {
        if (tally == null) {
            tally = new Tally();
        }
        return tally;
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
        if (owner.isClosed() && entry.withdraw()) {
            throw new ProcessEndedException(owner.pid(), "acquire " + table.resourceType());
        }
        return entry;
    }

    private Stripe stripe() {
        var all = stripes;
        if (all.length == 1) {
            return all[0];
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
        var all = stripes;
        if (all.length == 1) {
            var many = new Stripe[STRIPES];
            many[0] = all[0];
            STRIPES_FIELD.compareAndSet(this, all, many);
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

    /** Visits all entries; stops when the visitor answers true, and says whether it did. */
    private boolean anyEntry(Predicate<Entry<?>> visitor) {
        var all = stripes;
        for (int i = 0; i < all.length; i++) {
            var stripe = (Stripe) STRIPE.getVolatile(all, i);
            for (var chunk = stripe == null ? null : stripe.first(); chunk != null; chunk = chunk.next()) {
                for (int slot = 0; slot < chunk.size(); slot++) {
                    var entry = chunk.entry(slot);
                    if (entry != null && visitor.test(entry)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    void forEachEntry(Consumer<Entry<?>> visitor) {
        anyEntry(entry -> {
            visitor.accept(entry);
            return false;
        });
    }

    /** Whether everything has been freed. */
    public boolean isEmpty() {
        return !anyEntry(entry -> entry.state() != Entry.FREED) && singles.stream().noneMatch(Single::isHeld);
    }

    /** Whether some thread is releasing an entry at this moment. */
    public boolean isReleasing() {
        return anyEntry(entry -> entry.state() == Entry.RELEASING);
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
        forEachEntry(entry -> {
            if (entry.tryAcquireForRelease()) {
                release(entry);
            }
        });
        releaseSinglesIfAlone();
    }

    /** Releases the singles, if nothing else is left. */
    public void releaseSinglesIfAlone() {
        if (!singles.isEmpty() && !anyEntry(entry -> entry.state() != Entry.FREED)) {
            singles.forEach(this::release);
        }
    }

    private void release(Single<?> single) {
        var releaser = table.releaser();
        var failure = releaser == null ? null : single.release(releaser);
        if (failure != null) {
            tally().countFailed(failure);
        }
    }

    /** Releases what users closed while the type was away, or whose release failed. */
    void releaseClosed() {
        forEachEntry(entry -> {
            if (entry.tryAcquireIfClosed()) {
                release(entry);
            }
        });
    }

    private void release(Entry<?> entry) {
        long size = entry.bytes();
        var failure = entry.releaseOrPark();
        if (failure != null) {
            tally().countFailed(failure);
        } else if (entry.state() == Entry.FREED) {
            tally().countFreed(size);
        }
    }

    /** See {@code ResourceTable.one}. */
    <T> T one(Class<T> type, Supplier<? extends T> create) {
        while (true) {
            var present = single(type);
            if (present == null) {
                return createOne(type, create);
            }
            var value = present.await();
            if (value != null) {
                return type.cast(value);
            }
            if (owner.isClosed()) {
                throw new ProcessEndedException(owner.pid(), "acquire " + table.resourceType());
            }
            remove(present);
        }
    }

    private Single<?> single(Class<?> type) {
        for (var single : singles) {
            if (single.type() == type) {
                return single;
            }
        }
        return null;
    }

    private <T> T createOne(Class<T> type, Supplier<? extends T> create) {
        var single = new Single<>(type);
        if (!addIfAbsent(single)) {
            return one(type, create);
        }
        T made = single.create(create);
        // After it was made: pairs with the end, which closes the owner and then looks for what was made. One of the
        // two releases it.
        if (owner.isClosed()) {
            release(single);
            released();
            throw new ProcessEndedException(owner.pid(), "acquire " + table.resourceType());
        }
        return made;
    }

    private synchronized boolean addIfAbsent(Single<?> single) {
        if (single(single.type()) != null) {
            return false;
        }
        var longer = new ArrayList<>(singles);
        longer.add(single);
        singles = List.copyOf(longer);
        return true;
    }

    private synchronized void remove(Single<?> single) {
        singles = singles.stream().filter(other -> other != single).toList();
    }

    /** Entries that are being released at this moment. */
    List<Entry<?>> releasing() {
        var found = new ArrayList<Entry<?>>();
        forEachEntry(entry -> {
            if (entry.state() == Entry.RELEASING) {
                found.add(entry);
            }
        });
        return found;
    }
}
