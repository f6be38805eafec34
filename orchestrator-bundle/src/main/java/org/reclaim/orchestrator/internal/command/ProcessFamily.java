package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.reclaim.syscalls.ProcessCalls.Children;

/**
 * The processes that belong to a command: itself, what is below it, what was below it at an earlier look, what is
 * below those, and, if every orphan of the JVM is this command's, those with all below them. Each look at the process
 * table finds the new ones and remembers them, so that they still belong when their parents have ended.
 *
 * <p>Thread-safe; a look is made by one thread at a time.
 */
final class ProcessFamily {

    /**
     * What a look showed.
     *
     * @param living   the members that run or are stopped, parents before their children
     * @param complete whether no further member can be there that this look missed
     */
    record Look(List<OsProcess> living, boolean complete) {

        private static final Look NOTHING = new Look(List.of(), true);

        boolean nothingLeft() {
            return living.isEmpty() && complete;
        }
    }

    private final OsProcesses os;
    private final Process process;
    private final Optional<ProcessId> command;
    private final boolean ownsOrphans;
    private final long since;

    /** Members seen and still in the process table, the command first. */
    private final Map<ProcessId, OsProcess> known = new LinkedHashMap<>();

    /**
     * The family of a command just started.
     *
     * @param process     the command
     * @param ownsOrphans whether what the JVM adopts belongs to it
     * @param since       the time before it was started: what is older is not its
     * @throws IOException if it can't be looked at
     */
    ProcessFamily(OsProcesses os, Process process, boolean ownsOrphans, long since) throws IOException {
        this.os = os;
        this.process = process;
        this.ownsOrphans = ownsOrphans;
        this.since = since;
        // Not found: it has ended, and the JDK has waited for it.
        var found = os.find(process.pid()).filter(p -> p.parent() == os.self());
        command = found.map(OsProcess::id);
        found.ifPresent(p -> known.put(p.id(), p));
    }

    boolean isCommand(ProcessId id) {
        return command.filter(id::equals).isPresent();
    }

    synchronized boolean knows(ProcessId id) {
        return known.containsKey(id);
    }

    /** Whether a member that was seen before still runs. Finds no new ones. */
    synchronized boolean seemsAlive() throws IOException {
        if (process.isAlive()) {
            return true;
        }
        for (var id : known.keySet()) {
            if (!isCommand(id) && os.find(id.pid()).filter(p -> p.id().equals(id) && !p.isGone()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Looks at the process table: finds the members, and waits for those that have ended as the JVM's children. */
    synchronized Look look() throws IOException {
        if (isSurelyOver()) {
            known.clear();
            return Look.NOTHING;
        }
        var all = os.all();
        known.keySet().retainAll(all.stream().map(OsProcess::id).collect(Collectors.toSet()));
        var members = members(all);
        members.forEach(member -> known.put(member.id(), member));
        var buried = bury(members);
        known.keySet().removeAll(buried);
        var living = members.stream().filter(member -> !member.isGone()).toList();
        return new Look(living, isComplete(all, members, buried));
    }

    /** The usual end, told without a look at everybody: the command has ended, and there was nothing else. */
    private boolean isSurelyOver() throws IOException {
        if (process.isAlive()) {
            return false;
        }
        if (ownsOrphans) {
            // Who belongs to the command and has no parent below the JVM is the JVM's child: without one, nobody does.
            return os.children() == Children.NONE;
        }
        return known.keySet().stream().allMatch(this::isCommand);
    }

    private List<OsProcess> members(List<OsProcess> all) {
        Map<Long, List<OsProcess>> children = all.stream().collect(Collectors.groupingBy(OsProcess::parent));
        var queue = new ArrayDeque<OsProcess>();
        // The command first: it is the oldest of those known, and nobody's orphan.
        var byId = new HashMap<ProcessId, OsProcess>();
        all.forEach(p -> byId.put(p.id(), p));
        known.keySet().forEach(id -> queue.add(byId.get(id)));
        all.stream().filter(this::isOwnOrphan).forEach(queue::add);
        var members = new LinkedHashMap<ProcessId, OsProcess>();
        while (!queue.isEmpty()) {
            var member = queue.remove();
            if (members.putIfAbsent(member.id(), member) == null) {
                queue.addAll(children.getOrDefault(member.id().pid(), List.of()));
            }
        }
        return new ArrayList<>(members.values());
    }

    private boolean isOwnOrphan(OsProcess p) {
        return ownsOrphans && p.parent() == os.self() && p.id().start() >= since && !isCommand(p.id());
    }

    /** Waits for the members that have ended and that the JVM has adopted. The command itself is the JDK's. */
    private Set<ProcessId> bury(List<OsProcess> members) throws IOException {
        var buried = new HashSet<ProcessId>();
        for (var member : members) {
            if (member.isGone() && member.parent() == os.self() && !isCommand(member.id()) && os.reap(member.id())) {
                buried.add(member.id());
            }
        }
        return buried;
    }

    /**
     * Reading the process table takes a while. Two things show that something happened meanwhile: a member that has
     * ended and whose parent has ended since it was read (its next parent may be the JVM, which has to wait for it),
     * and a child of the JVM that the kernel counts and the look does not have.
     */
    private boolean isComplete(List<OsProcess> all, List<OsProcess> members, Set<ProcessId> buried) throws IOException {
        for (var member : members) {
            if (member.isGone() && !buried.contains(member.id()) && hasAnotherParent(member)) {
                return false;
            }
        }
        boolean childrenSeen = all.stream().anyMatch(p -> p.parent() == os.self() && !buried.contains(p.id()));
        return !ownsOrphans || childrenSeen || os.children() == Children.NONE;
    }

    /** Whether a member has another parent now than when it was read; the former need not be in the table any more. */
    private boolean hasAnotherParent(OsProcess member) throws IOException {
        return os.find(member.id().pid())
                .filter(now -> now.id().equals(member.id()) && now.parent() != member.parent())
                .isPresent();
    }
}
