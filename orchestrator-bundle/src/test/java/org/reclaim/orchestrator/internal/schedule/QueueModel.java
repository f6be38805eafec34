package org.reclaim.orchestrator.internal.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reclaim.orchestrator.internal.SchedulerSettings;

/** What a {@link RunQueue} should do, in the plainest words: lists that are searched from one end to the other. */
public final class QueueModel {

    private final List<Ticket> waiting;
    private final List<Ticket> running;
    private final Map<String, Long> lastServed;
    private SchedulerSettings settings;
    private long served;

    public QueueModel(SchedulerSettings settings) {
        this(settings, List.of(), List.of(), Map.of());
    }

    private QueueModel(
            SchedulerSettings settings, List<Ticket> waiting, List<Ticket> running, Map<String, Long> lastServed) {
        this.settings = settings;
        this.waiting = new ArrayList<>(waiting);
        this.running = new ArrayList<>(running);
        this.lastServed = new HashMap<>(lastServed);
    }

    public List<Ticket> waiting() {
        return waiting;
    }

    public List<Ticket> running() {
        return running;
    }

    public SchedulerSettings settings() {
        return settings;
    }

    /** Who serves groups in another way has served those that run in the order in which they began. */
    public void change(SchedulerSettings changed) {
        boolean isOrderTheSame =
                changed.policy() == settings.policy() && changed.ageing().equals(settings.ageing());
        settings = changed;
        if (!isOrderTheSame) {
            lastServed.clear();
            running.forEach(this::serve);
            waiting.forEach(this::know);
        }
    }

    public void add(Ticket ticket) {
        waiting.add(ticket);
        know(ticket);
    }

    /** Who has not been served yet comes after all who have, and wait. */
    private void know(Ticket ticket) {
        lastServed.putIfAbsent(ticket.group(), served);
    }

    public void replace(Ticket changed) {
        waiting.removeIf(ticket -> ticket.pid() == changed.pid());
        waiting.add(changed);
        know(changed);
        forget();
    }

    public void remove(long pid) {
        waiting.removeIf(ticket -> ticket.pid() == pid);
        running.removeIf(ticket -> ticket.pid() == pid);
        forget();
    }

    public Optional<Ticket> next() {
        if (settings.places() != 0 && running.size() >= settings.places()) {
            return Optional.empty();
        }
        var next = waiting.stream().min(order());
        next.ifPresent(ticket -> {
            waiting.remove(ticket);
            running.add(ticket);
            serve(ticket);
        });
        return next;
    }

    /** The order in which all will start if those that run end in the order in which they began. */
    public List<Ticket> order(int atMost) {
        var copy = new QueueModel(settings, waiting, running, lastServed);
        copy.served = served;
        var order = new ArrayList<Ticket>();
        while (order.size() < atMost && !copy.waiting.isEmpty()) {
            var next = copy.next();
            next.ifPresent(order::add);
            if (next.isEmpty()) {
                copy.remove(copy.running.getFirst().pid());
            }
        }
        return order;
    }

    private void serve(Ticket ticket) {
        lastServed.put(ticket.group(), ++served);
    }

    /** A group with nothing that runs or waits is as good as one that comes anew. */
    private void forget() {
        lastServed.keySet().removeIf(group -> running.stream().noneMatch(ticket -> ticket.group().equals(group))
                && waiting.stream().noneMatch(ticket -> ticket.group().equals(group)));
    }

    private Comparator<Ticket> order() {
        var byAge = Comparator.comparingLong(Ticket::number);
        // At any moment "now": priority plus the time waited, in ageing times; now is the same for both sides.
        long ageing = settings.ageing().toNanos();
        var byPriority = Comparator.<Ticket>comparingLong(ticket -> -(ticket.priority() * ageing - ticket.since()))
                .thenComparing(byAge);
        return switch (settings.policy()) {
            case FIFO -> byAge;
            case PRIORITY -> byPriority;
            case FAIR -> {
                var places = new HashMap<String, Integer>();
                running.forEach(ticket -> places.merge(ticket.group(), 1, Integer::sum));
                var heads = new HashMap<String, Ticket>();
                waiting.forEach(ticket -> heads.merge(
                        ticket.group(), ticket, (one, other) -> byPriority.compare(one, other) < 0 ? one : other));
                yield Comparator.<Ticket>comparingInt(ticket -> places.getOrDefault(ticket.group(), 0))
                        .thenComparingLong(ticket -> lastServed.getOrDefault(ticket.group(), 0L))
                        .thenComparingLong(ticket -> heads.get(ticket.group()).number())
                        .thenComparing(byPriority);
            }
        };
    }
}
