package org.reclaim.orchestrator.internal.table;

import java.util.ArrayList;
import java.util.List;
import org.reclaim.api.LimitInfo;

/** Lists, for people, the limits that count for a process. */
public final class LimitRows {

    private LimitRows() {}

    /** How what is limited is called: a type alone means its resources. */
    static String name(String what, String unit) {
        return "bytes".equals(unit) ? what + " bytes" : what;
    }

    /**
     * The limits of resources that count for a process, from the inside out.
     *
     * @param tables all tables
     * @param owner  the process
     * @return those that are set
     */
    public static List<LimitInfo> of(Tables tables, Owner owner) {
        var found = new ArrayList<LimitInfo>();
        tables.all().forEach(table -> addOwn(table, owner, found));
        if (owner.limits() != null) {
            found.addAll(owner.limits().describe());
        }
        tables.all().forEach(table -> {
            var limits = table.limits();
            found.add(table.resourceQuota().inTotal(limits));
            found.add(table.byteQuota().inTotal(limits));
        });
        found.removeIf(row -> row.limit() == Long.MAX_VALUE);
        return found;
    }

    private static void addOwn(TypeTable<?> table, Owner owner, List<LimitInfo> found) {
        var limits = table.limits();
        var holding = table.holding(owner);
        long count = holding == null ? 0 : holding.count();
        long bytes = holding == null ? 0 : holding.bytes();
        found.add(table.resourceQuota().perProcess(owner.pid(), count, limits));
        found.add(table.byteQuota().perProcess(owner.pid(), bytes, limits));
    }
}
