package org.reclaim.orchestrator.internal.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import org.reclaim.api.ProcessEnd;

/** The latest ends, in a ring. Lock-free, but for a change of its size. */
final class History {

    /** An end and which one it was, from 0: a place of the ring is found with the end before or after, too. */
    private record Kept(long number, ProcessEnd end) {}

    private final IntSupplier size;
    private final AtomicLong count = new AtomicLong();
    private volatile AtomicReferenceArray<Kept> ring;

    /**
     * Keeps nothing yet.
     *
     * @param size how many ends to keep, at least one; asked each time
     */
    History(IntSupplier size) {
        this.size = size;
        ring = new AtomicReferenceArray<>(size.getAsInt());
    }

    void add(ProcessEnd end) {
        var kept = new Kept(count.getAndIncrement(), end);
        AtomicReferenceArray<Kept> into;
        do {
            into = ring();
            put(into, kept);
            // Volatile, after the put: pairs with resize(), which sets the ring and then copies what is in the old one.
            // Either that copy finds this end, or it is put into the new ring here.
        } while (into != ring);
    }

    /** A later one that has the place already, by a quicker thread or before a copy, stays. */
    private static void put(AtomicReferenceArray<Kept> into, Kept kept) {
        into.accumulateAndGet(
                (int) (kept.number() % into.length()),
                kept,
                (present, added) -> present == null || present.number() < added.number() ? added : present);
    }

    private AtomicReferenceArray<Kept> ring() {
        var present = ring;
        return present.length() == size.getAsInt() ? present : resize();
    }

    private synchronized AtomicReferenceArray<Kept> resize() {
        var old = ring;
        int wanted = size.getAsInt();
        if (old.length() == wanted) {
            return old;
        }
        var fresh = new AtomicReferenceArray<Kept>(wanted);
        copy(old, fresh); // before it is the one that is looked at: nobody finds it empty
        ring = fresh;
        copy(old, fresh); // what was put into the old one meanwhile, see add()
        return fresh;
    }

    private static void copy(AtomicReferenceArray<Kept> from, AtomicReferenceArray<Kept> to) {
        for (int i = 0; i < from.length(); i++) {
            var kept = from.get(i);
            if (kept != null) {
                put(to, kept);
            }
        }
    }

    /** Newest first. */
    List<ProcessEnd> list() {
        var all = ring();
        var ends = new ArrayList<ProcessEnd>();
        long newest = count.get() - 1;
        for (long i = newest; i >= 0 && i > newest - all.length(); i--) {
            var kept = all.get((int) (i % all.length()));
            // Another one while the one that took this place has not put it there, or if a later one has it by now.
            if (kept != null && kept.number() == i) {
                ends.add(kept.end());
            }
        }
        return ends;
    }

    Optional<ProcessEnd> find(long pid) {
        var all = ring();
        for (int i = 0; i < all.length(); i++) {
            var kept = all.get(i);
            if (kept != null && kept.end().process().pid() == pid) {
                return Optional.of(kept.end());
            }
        }
        return Optional.empty();
    }
}
