package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** What the tables know of a process: its pid, whether it may still acquire, and what it holds. */
public class Owner {

    private static final Holding<?>[] NOTHING = {};
    private static final VarHandle HOLDINGS;
    private static final VarHandle FORGOTTEN;

    static {
        try {
            var lookup = MethodHandles.lookup();
            HOLDINGS = lookup.findVarHandle(Owner.class, "holdings", Holding[].class);
            FORGOTTEN = lookup.findVarHandle(Owner.class, "forgotten", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long pid;

    /** Limits of trees that it is in; null, as it mostly is, if there are none. */
    private final TreeLimits limits;

    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean forgotten;

    /** By type index, with gaps; replaced, never changed, so a reader sees a consistent array. */
    private volatile Holding<?>[] holdings = NOTHING;

    /**
     * A process that may acquire.
     *
     * @param pid its number, from 1
     */
    public Owner(long pid) {
        this(pid, null);
    }

    /**
     * A process that may acquire, within limits.
     *
     * @param pid    its number, from 1
     * @param limits of trees that it is in, or null for none
     */
    public Owner(long pid, TreeLimits limits) {
        this.pid = pid;
        this.limits = limits;
    }

    /** The limits of trees that it is in, or null. */
    public final TreeLimits limits() {
        return limits;
    }

    /** The process's number. */
    public final long pid() {
        return pid;
    }

    /** How many children it has, for display; who has none need not say so. */
    public long childCount() {
        return 0;
    }

    /** Refuses every acquisition from now on. What was tracked before is found by whoever looks after this call. */
    public final void close() {
        closed = true;
    }

    /** Whether acquisitions are refused. */
    public final boolean isClosed() {
        return closed;
    }

    /** Says that it has been cleaned and recorded: whatever is released from now on is late. */
    public final void markEnded() {
        ended = true;
    }

    /** Whether it has been cleaned and recorded. */
    public final boolean isEnded() {
        return ended;
    }

    /** Claims the right to remove it from the owners; true once. */
    public final boolean tryForget() {
        return FORGOTTEN.compareAndSet(this, false, true);
    }

    /** Whether anything of any type is held. */
    public final boolean holdsAnything() {
        for (var holding : holdings) {
            if (holding != null && !holding.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** What is held of a type, or null if nothing ever was. */
    @SuppressWarnings("unchecked")
    final <R> Holding<R> holding(TypeTable<R> table) {
        var all = holdings;
        int index = table.index();
        // The array is indexed by type: at this index there is no other table's holding.
        return index < all.length ? (Holding<R>) all[index] : null;
    }

    /** What is held of a type, made if need be. */
    final <R> Holding<R> holdingOf(TypeTable<R> table) {
        var present = holding(table);
        return present != null ? present : addHolding(table);
    }

    private <R> Holding<R> addHolding(TypeTable<R> table) {
        var made = new Holding<>(this, table);
        while (true) {
            var before = holdings;
            var present = holding(table);
            if (present != null) {
                return present;
            }
            var after = Arrays.copyOf(before, Math.max(before.length, table.index() + 1));
            after[table.index()] = made;
            if (table.isCounting()) {
                made.startCounting(); // before anybody can acquire in it
            }
            if (HOLDINGS.compareAndSet(this, before, after)) {
                // Read after it was published: pairs with TypeTable.countIfLimited, which says so and then looks for
                // holdings. One of the two makes this one count.
                if (table.isCounting()) {
                    made.startCounting();
                }
                return made;
            }
        }
    }
}
