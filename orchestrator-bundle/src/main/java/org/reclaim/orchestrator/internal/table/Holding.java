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
import org.reclaim.api.ResourceLimitException;

/** What one process holds of one type. */
public final class Holding<R> {

    /** So many that two threads rarely meet in one; a power of two. */
    private static final int STRIPES =
            Math.clamp(Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 8 - 1), 8, 128);

    private static final VarHandle STRIPES_FIELD;
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(Stripe[].class);

    static {
        try {
            var lookup = MethodHandles.lookup();
            STRIPES_FIELD = lookup.findVarHandle(Holding.class, "stripes", Stripe[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Owner owner;
    private final TypeTable<R> table;

    /** One until two threads have met, then many, made when first used. */
    private volatile Stripe[] stripes = {new Stripe(this)};

    private final Use bytes = new Use();

    /** Limits of trees that the process is in; null if there are none for this type. */
    private final Allowance treeResources;
    private final Allowance treeBytes;

    /** Whether anything limits the number of resources here: all that is asked on the hot path. */
    private volatile boolean limited;

    /** Resources reserved or held; null until a setting limits them. Set before {@link #limited}. */
    private volatile Use resources;

    /** Made when the first is asked for. */
    private volatile Singles singles;

    /** Made by the first end or retry. */
    private volatile Tally tally;

    Holding(Owner owner, TypeTable<R> table) {
        this.owner = owner;
        this.table = table;
        var limits = owner.limits();
        treeResources = limits == null ? null : limits.resources(table.resourceType());
        treeBytes = limits == null ? null : limits.bytes(table.resourceType());
        limited = treeResources != null;
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
        return bytes.amount();
    }

    /**
     * Takes the place of one resource, if there is a limit for them.
     *
     * @return whether it is counted by the settings' limits; those of trees count each resource or none
     * @throws ResourceLimitException if a limit would be exceeded; then nothing is taken
     */
    boolean takePlace() {
        if (!limited) {
            return false;
        }
        var own = resources;
        table.resourceQuota().take(1, owner.pid(), own, treeResources, table.limits());
        return own != null;
    }

    /** Takes bytes. The same exception. */
    void takeBytes(long size) {
        table.byteQuota().take(size, owner.pid(), bytes, treeBytes, table.limits());
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
        // Volatile read after the publication: pairs with startCounting(), which sets it and then looks for entries.
        if (limited) {
            countIfNeeded(entry);
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

    /** Counts resources from now on, those included that are there already. */
    synchronized void startCounting() {
        if (resources == null) {
            resources = new Use();
            limited = true;
            forEachEntry(this::countIfNeeded);
        }
    }

    /** Counts an entry that was published, or parked, without being counted. */
    void countIfNeeded(Entry<?> entry) {
        var own = resources;
        if (own != null && !entry.isCounted()) {
            // Before it is marked: who frees a marked one gives back what was taken.
            table.resourceQuota().count(1, own);
            if (!entry.tryMarkCounted()) {
                table.resourceQuota().giveBack(1, own, null);
            }
        }
    }

    /** Gives back the place of a resource, and its bytes, in all scopes. */
    void giveBack(long size, boolean counted) {
        if (counted || treeResources != null) {
            table.resourceQuota().giveBack(1, counted ? resources : null, treeResources);
        }
        if (size != 0) {
            table.byteQuota().giveBack(size, bytes, treeBytes);
        }
    }

    /** Called after each release. A late one may settle what the end had to leave. */
    void released() {
        if (owner.isEnded()) {
            table.releasedLate(owner.pid());
        }
    }

    /** How many slots there are, free ones included. */
    long slots() {
        var all = stripes;
        long slots = 0;
        for (int i = 0; i < all.length; i++) {
            var stripe = (Stripe) STRIPE.getVolatile(all, i);
            for (var chunk = stripe == null ? null : stripe.first(); chunk != null; chunk = chunk.next()) {
                slots += chunk.size();
            }
        }
        return slots;
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
        return !anyEntry(entry -> entry.state() != Entry.FREED) && singles().stream().noneMatch(Single::isHeld);
    }

    /** Whether some thread is releasing something at this moment, or making a single. */
    public boolean isBusy() {
        return anyEntry(entry -> entry.state() == Entry.RELEASING) || singles().stream().anyMatch(Single::isBusy);
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
                entry.releaseOrPark(tally());
            }
        });
        releaseSinglesIfAlone();
    }

    /** Releases the singles, if nothing else is left. */
    public void releaseSinglesIfAlone() {
        if (!singles().isEmpty() && !anyEntry(entry -> entry.state() != Entry.FREED)) {
            singles.release();
        }
    }

    /** Releases what users closed while the type was away, or whose release failed. */
    void releaseClosed() {
        forEachEntry(entry -> {
            if (entry.tryAcquireIfClosed()) {
                entry.releaseOrPark(tally());
            }
        });
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
