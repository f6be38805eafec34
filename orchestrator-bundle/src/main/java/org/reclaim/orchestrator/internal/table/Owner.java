package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.reclaim.api.ProcessState;

/** What the tables know of a process: its pid, its state, which says whether it may acquire, and what it holds. */
public class Owner extends StatePath {

    private static final Holding<?>[] NOTHING = {};
    private static final VarHandle HOLDINGS;

    static {
        try {
            HOLDINGS = MethodHandles.lookup().findVarHandle(Owner.class, "holdings", Holding[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long pid;

    /** Limits of trees that it is in; null, as it mostly is, if there are none. */
    private final TreeLimits limits;

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

    /**
     * Refuses every acquisition from now on; true for the one caller that did it. What was tracked before is found by
     * whoever looks after this call.
     */
    public final boolean close() {
        return advance(ProcessState.TERMINATING);
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
