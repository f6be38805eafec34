package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceLimitException;

/** What one process holds of one type; itself the count of its bytes, because there are so many of them. */
public final class Holding<R> extends Slots {

    private static final VarHandle TALLY;

    static {
        try {
            TALLY = MethodHandles.lookup().findVarHandle(Holding.class, "tally", Tally.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Owner owner;
    private final TypeTable<R> table;

    /** Null, as it mostly is, while nothing limits it but the number of its bytes: all that the hot path asks. */
    private volatile Limited limited;

    /** Made when the first is asked for. */
    private volatile Singles singles;

    /** Made by the first end or retry. */
    private volatile Tally tally;

    Holding(Owner owner, TypeTable<R> table) {
        this.owner = owner;
        this.table = table;
        var limits = owner.limits();
        if (limits != null) {
            limited = new Limited(limits.resources(table.resourceType()), limits.bytes(table.resourceType()));
        }
    }

    /** What limits a holding, besides the settings for its bytes. */
    private static final class Limited {

        /** Limits of trees that the process is in; null if there are none for this type. */
        private final Allowance treeResources;
        private final Allowance treeBytes;

        /** Resources reserved or held; null until a setting limits them. */
        private volatile Use resources;

        Limited(Allowance treeResources, Allowance treeBytes) {
            this.treeResources = treeResources;
            this.treeBytes = treeBytes;
        }
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
        return amount();
    }

    /**
     * Takes the place of one resource, if there is a limit for them.
     *
     * @return whether it is counted by the settings' limits; those of trees count each resource or none
     * @throws ResourceLimitException if a limit would be exceeded; then nothing is taken
     */
    boolean takePlace() {
        var limits = limited;
        if (limits == null) {
            return false;
        }
        var own = limits.resources;
        table.resourceQuota().take(1, owner.pid(), own, limits.treeResources, table.limits());
        return own != null;
    }

    /** Takes bytes. The same exception. */
    void takeBytes(long size) {
        table.byteQuota().take(size, owner.pid(), this, treeBytes(), table.limits());
    }

    private Allowance treeBytes() {
        var limits = limited;
        return limits == null ? null : limits.treeBytes;
    }

    /** Publishes an entry, or refuses it because the process is ending: then it is as if it had never been. */
    <E extends Entry<?>> E add(E entry) {
        try {
            put(entry);
        } catch (Error e) { // no memory for slots: it was not published, so its place is free again
            giveBack(entry.bytes(), entry.isCounted());
            throw e;
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
        if (limited != null) {
            countIfNeeded(entry);
        }
        return entry;
    }

    /** Whether more can be acquired: the process does not end, and the table was not replaced by another one. */
    boolean isOpen() {
        return !owner.isEnding() && !table.isReplaced();
    }

    void requireOpen() {
        if (!isOpen()) {
            throw refusal();
        }
    }

    private RuntimeException refusal() {
        return owner.isEnding()
                ? new ProcessEndedException(owner.pid(), "acquire " + table.resourceType())
                : table.unavailable();
    }

    /** Counts resources from now on, those included that are there already. */
    synchronized void startCounting() {
        var limits = limited == null ? new Limited(null, null) : limited;
        if (limits.resources == null) {
            limits.resources = new Use();
            limited = limits;
            forEachEntry(this::countIfNeeded);
        }
    }

    /** Counts an entry that was published, or parked, without being counted. */
    void countIfNeeded(Entry<?> entry) {
        var limits = limited;
        var own = limits == null ? null : limits.resources;
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
        var limits = limited;
        if (limits != null) {
            // Those of trees count each resource or none, from the beginning.
            table.resourceQuota().giveBack(1, counted ? limits.resources : null, limits.treeResources);
        }
        if (size != 0) {
            table.byteQuota().giveBack(size, this, treeBytes());
        }
    }

    /** Called after what was released. If that was late, it may settle what the end had to leave. */
    void released() {
        if (owner.isEnding()) {
            // Orders FREED, which was a release store only, before the look: pairs with the end, which sets that it has
            // ended and then looks for what is left (FollowUp.ended). Either it finds this freed, or we see that.
            VarHandle.fullFence();
            if (owner.isEnded()) {
                table.releasedLate(owner.pid());
            }
        }
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
     *
     * @return whether anything is left. If not, and the process is ending, nothing ever will be held again: what is
     *     tracked from now on is withdrawn by who tracks it
     */
    public boolean releaseAll() {
        boolean left = release(false);
        releaseSinglesIfAlone();
        return left || areSinglesHeld();
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

    private boolean release(boolean closedOnly) {
        var counts = tally().counts();
        long before = counts.ownFreed();
        boolean left = false;
        try {
            // Loops, not visitors: the compiler inlines 15 calls deep, and each resource would pay for what is deeper.
            for (int i = 0; i < stripes(); i++) {
                for (Chunk chunk = stripe(i); chunk != null; chunk = chunk.next()) {
                    left |= chunk.release(closedOnly, this, counts);
                }
            }
            return left;
        } finally {
            boolean any = counts.ownFreed() != before;
            counts.done();
            if (any) {
                released();
            }
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
