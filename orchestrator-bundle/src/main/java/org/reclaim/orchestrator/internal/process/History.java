package org.reclaim.orchestrator.internal.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.reclaim.api.ProcessEnd;

/** The latest ends, in a ring. Lock-free. */
final class History {

    /** An end and which one it was, from 0: a place of the ring is found with the end before or after, too. */
    private record Kept(long number, ProcessEnd end) {}

    private final AtomicReferenceArray<Kept> ring;
    private final AtomicLong count = new AtomicLong();

    /** Keeps {@code size} ends, at least one. */
    History(int size) {
        ring = new AtomicReferenceArray<>(size);
    }

    void add(ProcessEnd end) {
        long number = count.getAndIncrement();
        ring.set((int) (number % ring.length()), new Kept(number, end));
    }

    /** Newest first. */
    List<ProcessEnd> list() {
        var ends = new ArrayList<ProcessEnd>();
        long newest = count.get() - 1;
        for (long i = newest; i >= 0 && i > newest - ring.length(); i--) {
            var kept = ring.get((int) (i % ring.length()));
            // Another one while the one that took this place has not put it there, or if a later one has it by now.
            if (kept != null && kept.number() == i) {
                ends.add(kept.end());
            }
        }
        return ends;
    }

    Optional<ProcessEnd> find(long pid) {
        for (int i = 0; i < ring.length(); i++) {
            var kept = ring.get(i);
            if (kept != null && kept.end().process().pid() == pid) {
                return Optional.of(kept.end());
            }
        }
        return Optional.empty();
    }
}
