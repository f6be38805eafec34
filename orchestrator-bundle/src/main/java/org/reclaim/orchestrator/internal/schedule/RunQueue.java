package org.reclaim.orchestrator.internal.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.SchedulerSettings;

/**
 * Who runs, who waits, and who is next: the rules alone, without threads and without a clock. Not thread-safe.
 *
 * <p>Waiting raises all priorities at the same pace, so the order of two that wait never changes by itself: one that is
 * more urgent by {@code n} is before all that came up to {@code n} ageing times earlier. That makes the order of the
 * queue a matter of comparing fixed numbers, and nobody is overtaken for ever.
 *
 * <p>Whoever is in it stays in it until {@link #remove}: as one that waits, then as one that has a place.
 */
public final class RunQueue {

    /** What waits of one group, and how many places the group has. Without FAIR there is one group for all. */
    private static final class Group {
        private final String name;
        private final TreeSet<Ticket> waiting;
        private int places;
        private long lastServed;

        /** Newcomers come after those that have waited since before: who comes anew each time must not be first. */
        Group(String name, Comparator<Ticket> order, long served) {
            this.name = name;
            lastServed = served;
            waiting = new TreeSet<>(order);
        }

        boolean isOver() {
            return waiting.isEmpty() && places == 0;
        }
    }

    /** Of groups with something that waits: the next one to be served first. No two are equal. */
    private static final Comparator<Group> NEXT_GROUP = Comparator.<Group>comparingInt(group -> group.places)
            .thenComparingLong(group -> group.lastServed)
            .thenComparingLong(group -> group.waiting.first().number());

    private final Map<Long, Ticket> waiting = new HashMap<>();

    /** In the order in which they got their places. */
    private final Map<Long, Ticket> running = new LinkedHashMap<>();

    private final Map<String, Group> groups = new HashMap<>();

    /** Those with something that waits. Taken out before anything of them changes: they are sorted by it. */
    private final TreeSet<Group> ready = new TreeSet<>(NEXT_GROUP);
    private SchedulerSettings settings;
    private long served;

    /**
     * An empty one.
     *
     * @param settings how many places, and who gets them
     */
    public RunQueue(SchedulerSettings settings) {
        this.settings = settings;
    }

    private RunQueue(RunQueue other) {
        settings = other.settings;
        served = other.served;
        waiting.putAll(other.waiting);
        running.putAll(other.running);
        other.groups.values().forEach(group -> {
            var same = new Group(group.name, order(), group.lastServed);
            same.waiting.addAll(group.waiting);
            same.places = group.places;
            groups.put(same.name, same);
            addIfReady(same);
        });
    }

    /** Takes other settings; what waits goes on waiting. Afterwards there may be room for some: see {@link #next}. */
    public void change(SchedulerSettings changed) {
        boolean isOrderTheSame =
                changed.policy() == settings.policy() && changed.ageing().equals(settings.ageing());
        settings = changed;
        if (!isOrderTheSame) {
            groups.clear();
            ready.clear();
            // In the order in which they were served, so that the groups' turns are as if it had always been so.
            running.values().forEach(ticket -> serve(group(ticket)));
            waiting.values().forEach(this::enter);
        }
    }

    /** Whether a newcomer could run at once. While somebody waits, nobody can. */
    public boolean hasRoom() {
        return settings.places() == ProcessScheduler.NO_LIMIT || running.size() < settings.places();
    }

    /** Lets one wait. It may be the next one at once. */
    public void add(Ticket ticket) {
        waiting.put(ticket.pid(), ticket);
        enter(ticket);
    }

    /** Gives a place to the one whose turn it is, if there is a place and somebody waits. */
    public Optional<Ticket> next() {
        if (ready.isEmpty() || !hasRoom()) {
            return Optional.empty();
        }
        var group = ready.first();
        var ticket = group.waiting.first();
        leave(ticket);
        running.put(ticket.pid(), ticket);
        serve(group(ticket));
        return Optional.of(ticket);
    }

    /** Removes one that waits or has a place; does nothing if it is not there. */
    public void remove(long pid) {
        var waited = waiting.get(pid);
        if (waited != null) {
            leave(waited);
        }
        var ran = running.remove(pid);
        if (ran != null) {
            var group = group(ran);
            takeOut(group);
            group.places--;
            addIfReady(group);
            forgetIfOver(group);
        }
    }

    /** The one that waits, if it does. */
    public Optional<Ticket> waiting(long pid) {
        return Optional.ofNullable(waiting.get(pid));
    }

    /** Puts a changed ticket in the place of the one that waits. */
    public void replace(Ticket changed) {
        var group = takeFromGroup(waiting.get(changed.pid()));
        add(changed);
        forgetIfOver(group); // not before: if it has its only one back, it has not lost its turn
    }

    /** How many have a place. */
    public int running() {
        return running.size();
    }

    /** How many wait. */
    public int waiting() {
        return waiting.size();
    }

    /** The same, to be changed on its own. */
    public RunQueue copy() {
        return new RunQueue(this);
    }

    /** Lets all run, each when one that runs has ended, those that began first first: so empties it, in that order. */
    public List<Ticket> drain() {
        var order = new ArrayList<Ticket>(waiting.size());
        while (!waiting.isEmpty()) {
            for (var next = next(); next.isPresent(); next = next()) {
                order.add(next.get());
            }
            if (!running.isEmpty()) {
                remove(running.keySet().iterator().next());
            }
        }
        return order;
    }

    private Comparator<Ticket> order() {
        if (settings.policy() == SchedulingPolicy.FIFO) {
            return Comparator.comparingLong(Ticket::number);
        }
        long ageing = settings.ageing().toNanos();
        return Comparator.<Ticket>comparingLong(ticket -> ticket.since() - ticket.priority() * ageing)
                .thenComparingLong(Ticket::number);
    }

    private Group group(Ticket ticket) {
        var name = settings.policy() == SchedulingPolicy.FAIR ? ticket.group() : "";
        return groups.computeIfAbsent(name, key -> new Group(key, order(), served));
    }

    private void enter(Ticket ticket) {
        var group = group(ticket);
        takeOut(group);
        group.waiting.add(ticket);
        addIfReady(group);
    }

    private void leave(Ticket ticket) {
        waiting.remove(ticket.pid());
        forgetIfOver(takeFromGroup(ticket));
    }

    private Group takeFromGroup(Ticket ticket) {
        var group = group(ticket);
        takeOut(group);
        group.waiting.remove(ticket);
        addIfReady(group);
        return group;
    }

    private void serve(Group group) {
        takeOut(group);
        group.places++;
        group.lastServed = ++served;
        addIfReady(group);
    }

    private void takeOut(Group group) {
        if (!group.waiting.isEmpty()) {
            ready.remove(group);
        }
    }

    private void addIfReady(Group group) {
        if (!group.waiting.isEmpty()) {
            ready.add(group);
        }
    }

    /** Groups are other people's names: who has neither places nor anything that waits is not remembered. */
    private void forgetIfOver(Group group) {
        if (group.isOver()) {
            groups.remove(group.name);
        }
    }
}
