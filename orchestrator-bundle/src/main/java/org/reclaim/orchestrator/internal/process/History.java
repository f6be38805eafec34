package org.reclaim.orchestrator.internal.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.reclaim.api.ProcessEnd;

/** The latest ends, in a ring. Lock-free. */
final class History {

    private final AtomicReferenceArray<ProcessEnd> ring;
    private final AtomicLong count = new AtomicLong();

    /** Keeps {@code size} ends, at least one. */
    History(int size) {
        ring = new AtomicReferenceArray<>(size);
    }

    void add(ProcessEnd end) {
        ring.set((int) (count.getAndIncrement() % ring.length()), end);
    }

    /** Newest first. */
    List<ProcessEnd> list() {
        var ends = new ArrayList<ProcessEnd>();
        long newest = count.get() - 1;
        for (long i = newest; i >= 0 && i > newest - ring.length(); i--) {
            var end = ring.get((int) (i % ring.length()));
            // Null while the one that took this place has not put it there.
            if (end != null) {
                ends.add(end);
            }
        }
        return ends;
    }

    Optional<ProcessEnd> find(long pid) {
        for (int i = 0; i < ring.length(); i++) {
            var end = ring.get(i);
            if (end != null && end.process().pid() == pid) {
                return Optional.of(end);
            }
        }
        return Optional.empty();
    }
}
