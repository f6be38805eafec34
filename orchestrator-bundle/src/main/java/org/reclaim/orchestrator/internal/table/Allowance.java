package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.LongAdder;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ResourceLimitException;

/**
 * What a process and all below it may hold of one thing, and what they hold. It is linked to that of the nearest
 * ancestor which limits the same: taking takes from all of them or from none. As each one's scope is part of the next
 * one's, who is refused by one that another thread has just taken from in vain would have been refused further out,
 * too.
 */
public final class Allowance {

    private final String scope;
    private final String what;
    private final String unit;
    private final long limit;
    private final Allowance outer;
    private final Use use = new Use();
    private final LongAdder refused = new LongAdder();

    Allowance(String scope, String what, String unit, long limit, Allowance outer) {
        this.scope = scope;
        this.what = what;
        this.unit = unit;
        this.limit = limit;
        this.outer = outer;
    }

    /**
     * Takes from this one and all outer ones.
     *
     * @throws ResourceLimitException if it would be too much for one of them; then nothing is taken
     */
    public void take(long amount) {
        for (var each = this; each != null; each = each.outer) {
            long used = each.use.tryTake(amount, each.limit);
            if (used != Use.TAKEN) {
                each.refused.increment();
                giveBack(amount, each);
                throw new ResourceLimitException(each.what, each.unit, each.scope, each.limit, used, amount);
            }
        }
    }

    /** Gives back to this one and all outer ones. */
    public void giveBack(long amount) {
        giveBack(amount, null);
    }

    private void giveBack(long amount, Allowance end) {
        for (var each = this; each != end; each = each.outer) {
            each.use.giveBack(amount);
        }
    }

    LimitInfo info() {
        return new LimitInfo(scope, LimitRows.name(what, unit), limit, use.amount(), refused.sum());
    }
}
