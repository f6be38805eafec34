package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.LongAdder;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ResourceLimitException;

/** How many processes are alive, those of bundles not counted, and how many may be. */
public final class ProcessPlaces {

    private static final String PROCESSES = "processes";
    private static final String ALL = "all processes together";

    private final Use use = new Use();
    private final LongAdder refused = new LongAdder();
    private final LongAdder refusedChildren = new LongAdder();

    /**
     * Takes the place of one more process, in the trees that it will be in and among all.
     *
     * @param tree  the limits of its parent, or null
     * @param limit how many may be alive
     * @throws ResourceLimitException if there would be too many; then nothing is taken
     */
    public void take(TreeLimits tree, long limit) {
        if (tree != null && tree.children() != null) {
            tree.children().take(1);
        }
        long used = use.tryTake(1, limit);
        if (used != Use.TAKEN) {
            refused.increment();
            giveBackInTree(tree);
            throw new ResourceLimitException(PROCESSES, PROCESSES, ALL, limit, used, 1);
        }
    }

    /**
     * Gives the place of a process back, once for each that was taken.
     *
     * @param tree the limits of its parent, or null
     */
    public void giveBack(TreeLimits tree) {
        use.giveBack(1);
        giveBackInTree(tree);
    }

    private static void giveBackInTree(TreeLimits tree) {
        if (tree != null && tree.children() != null) {
            tree.children().giveBack(1);
        }
    }

    /**
     * Says that a process has as many children as it may have.
     *
     * @param pid   the process
     * @param limit how many children it may have
     * @param used  how many it has
     * @return to be thrown
     */
    public ResourceLimitException refuseChild(long pid, long limit, long used) {
        refusedChildren.increment();
        return new ResourceLimitException("children", PROCESSES, "process " + pid, limit, used, 1);
    }

    /** For display: the limit of all. */
    public LimitInfo inTotal(long limit) {
        return new LimitInfo(ALL, PROCESSES, limit, use.amount(), refused.sum());
    }

    /** For display: the limit of each process, for one of them. */
    public LimitInfo perProcess(long pid, long limit, long used) {
        return new LimitInfo("process " + pid, "children", limit, used, refusedChildren.sum());
    }
}
