package org.reclaim.orchestrator.internal.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ProcessLimits;

/** The limits of a process that bound the sum of its tree, inside those of its nearest ancestor that has some. */
public final class TreeLimits {

    private static final String PROCESSES = "processes";

    private final TreeLimits outer;
    private final Map<String, Allowance> resources = new LinkedHashMap<>();
    private final Map<String, Allowance> bytes = new LinkedHashMap<>();
    private final Allowance children;

    private TreeLimits(long pid, ProcessLimits limits, TreeLimits outer) {
        this.outer = outer;
        var scope = "process " + pid + " and all below it";
        new TreeMap<>(limits.resources()).forEach((type, limit) -> resources.put(
                type, new Allowance(scope, type, "resources", limit, outer == null ? null : outer.resources(type))));
        new TreeMap<>(limits.bytes()).forEach((type, limit) -> bytes.put(
                type, new Allowance(scope, type, "bytes", limit, outer == null ? null : outer.bytes(type))));
        var outerChildren = outer == null ? null : outer.children;
        children = limits.children().isEmpty()
                ? outerChildren
                : new Allowance("the tree below process " + pid, PROCESSES, PROCESSES,
                        limits.children().getAsLong(), outerChildren);
    }

    /**
     * The limits that count for a process.
     *
     * @param pid    the process
     * @param limits its own
     * @param outer  those that count for its parent, or null
     * @return its own within these, these alone if it has none, or null if there are none at all
     */
    public static TreeLimits of(long pid, ProcessLimits limits, TreeLimits outer) {
        return limits.equals(ProcessLimits.NONE) ? outer : new TreeLimits(pid, limits, outer);
    }

    /** The innermost limit of the number of resources of a type, or null. */
    Allowance resources(String type) {
        for (var each = this; each != null; each = each.outer) {
            var found = each.resources.get(type);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The innermost limit of the bytes of a type, or null. */
    Allowance bytes(String type) {
        for (var each = this; each != null; each = each.outer) {
            var found = each.bytes.get(type);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The innermost limit of the processes that a child of this process is one of, or null. */
    public Allowance children() {
        return children;
    }

    /** All, from the inside out. */
    List<LimitInfo> describe() {
        var found = new ArrayList<LimitInfo>();
        for (var each = this; each != null; each = each.outer) {
            each.resources.values().forEach(allowance -> found.add(allowance.info()));
            each.bytes.values().forEach(allowance -> found.add(allowance.info()));
            if (each.children != null && (each.outer == null || each.children != each.outer.children)) {
                found.add(each.children.info());
            }
        }
        return found;
    }
}
