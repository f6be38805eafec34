package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How much of something limited is in use. Exact, however many threads take and give back. */
class Use {

    /** What {@link #tryTake} answers if it took. */
    static final long TAKEN = -1;

    private static final VarHandle AMOUNT;

    static {
        try {
            AMOUNT = MethodHandles.lookup().findVarHandle(Use.class, "amount", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long amount;

    final long amount() {
        return amount;
    }

    /** Takes what is asked for, if then no more than the limit is in use; else says how much is. */
    final long tryTake(long wanted, long limit) {
        while (true) {
            long used = amount;
            if (wanted > limit - used) {
                return used;
            }
            if (AMOUNT.compareAndSet(this, used, used + wanted)) {
                return TAKEN;
            }
        }
    }

    /** Takes it whatever the limit: for what is there already. */
    final void add(long taken) {
        AMOUNT.getAndAdd(this, taken);
    }

    final void giveBack(long taken) {
        AMOUNT.getAndAdd(this, -taken);
    }
}
