package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.orchestrator.ResourceLimits;

/**
 * What is in use of one type, in one unit, and how much may be: by one process, by each tree that is limited, and by
 * all together. Taking goes through these scopes from the inside out, and takes from all of them or from none.
 */
final class Quota {

    private static final String ALL = "all processes together";

    private final String type;
    private final String unit;
    private final ToLongFunction<ResourceLimits> perProcess;
    private final ToLongFunction<ResourceLimits> inTotal;
    private final Use total = new Use();
    private final LongAdder refusedPerProcess = new LongAdder();
    private final LongAdder refusedInTotal = new LongAdder();
    private final LongAdder refusedByTrees = new LongAdder();

    private Quota(
            String type,
            String unit,
            ToLongFunction<ResourceLimits> perProcess,
            ToLongFunction<ResourceLimits> inTotal) {
        this.type = type;
        this.unit = unit;
        this.perProcess = perProcess;
        this.inTotal = inTotal;
    }

    static Quota ofBytes(String type) {
        return new Quota(type, "bytes", ResourceLimits::bytesPerProcess, ResourceLimits::bytesInTotal);
    }

    static Quota ofResources(String type) {
        return new Quota(type, "resources", ResourceLimits::resourcesPerProcess, ResourceLimits::resourcesInTotal);
    }

    boolean isLimitedBy(ResourceLimits limits) {
        return perProcess.applyAsLong(limits) != Long.MAX_VALUE || inTotal.applyAsLong(limits) != Long.MAX_VALUE;
    }

    /**
     * Takes in all scopes.
     *
     * @param own  what the process has in use, or null if that and the total are not counted
     * @param tree the innermost limit of a tree that the process is in, or null
     * @throws ResourceLimitException if a limit would be exceeded; then nothing is taken
     */
    void take(long amount, long pid, Use own, Allowance tree, ResourceLimits limits) {
        if (own != null) {
            long limit = perProcess.applyAsLong(limits);
            long used = own.tryTake(amount, limit);
            if (used != Use.TAKEN) {
                refusedPerProcess.increment();
                throw new ResourceLimitException(type, unit, "process " + pid, limit, used, amount);
            }
        }
        if (tree != null) {
            takeInTree(amount, own, tree);
        }
        if (own != null) {
            long limit = inTotal.applyAsLong(limits);
            long used = total.tryTake(amount, limit);
            if (used != Use.TAKEN) {
                refusedInTotal.increment();
                own.giveBack(amount);
                giveBackInTree(amount, tree);
                throw new ResourceLimitException(type, unit, ALL, limit, used, amount);
            }
        }
    }

    private void takeInTree(long amount, Use own, Allowance tree) {
        try {
            tree.take(amount);
        } catch (RuntimeException | Error e) { // refused, or no memory to say so
            refusedByTrees.increment();
            if (own != null) {
                own.giveBack(amount);
            }
            throw e;
        }
    }

    /** Counts what is there already, whatever the limits; it is in the trees from the start. */
    void count(long amount, Use own) {
        own.add(amount);
        total.add(amount);
    }

    void giveBack(long amount, Use own, Allowance tree) {
        if (own != null) {
            own.giveBack(amount);
            total.giveBack(amount);
        }
        giveBackInTree(amount, tree);
    }

    private static void giveBackInTree(long amount, Allowance tree) {
        if (tree != null) {
            tree.giveBack(amount);
        }
    }

    long total() {
        return total.amount();
    }

    long refused() {
        return refusedPerProcess.sum() + refusedInTotal.sum() + refusedByTrees.sum();
    }

    /** For display: the limit of each process, for one of them. */
    LimitInfo perProcess(long pid, long used, ResourceLimits limits) {
        return info("process " + pid, perProcess.applyAsLong(limits), used, refusedPerProcess);
    }

    /** For display: the limit of all. */
    LimitInfo inTotal(ResourceLimits limits) {
        return info(ALL, inTotal.applyAsLong(limits), total(), refusedInTotal);
    }

    private LimitInfo info(String scope, long limit, long used, LongAdder refused) {
        return new LimitInfo(scope, LimitRows.name(type, unit), limit, used, refused.sum());
    }
}
