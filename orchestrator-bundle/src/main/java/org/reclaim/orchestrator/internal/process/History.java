package org.reclaim.orchestrator.internal.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.reclaim.api.ProcessEnd;

/**
 * The latest ends. Lock-free, but for a change of its size.
 *
 * <p>Ends are numbered from 0, and each has a place of its own in a chain of segments, newest first, that is cut where
 * nobody looks any more. An array for all of them would get old, and to store what is new in what is old costs a
 * generational collector's barrier at each end; a segment is as young as what is put into it.
 */
final class History {

    private static final int SEGMENT = 64;
    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(History.class, "newest", Segment.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Some ends that followed each other. */
    private static final class Segment {

        /** The number of its first end. */
        private final long first;

        private final AtomicReferenceArray<ProcessEnd> ends = new AtomicReferenceArray<>(SEGMENT);

        /** The one before it; null if that is not needed any more. */
        private volatile Segment older;

        Segment(long first, Segment older) {
            this.first = first;
            this.older = older;
        }
    }

    private final IntSupplier size;
    private final AtomicLong count = new AtomicLong();
    private volatile Segment newest = new Segment(0, null);

    /** The size as it was asked last. Written under the lock, after what goes with it. */
    private volatile int kept;

    /** The first that was not forgotten by a size that has been changed since. Under the lock, read after that size. */
    private volatile long floor;

    /**
     * Keeps nothing yet.
     *
     * @param size how many ends to keep, at least one; asked each time
     */
    History(IntSupplier size) {
        this.size = size;
        kept = size.getAsInt();
    }

    void add(ProcessEnd end) {
        takeSize();
        long number = count.getAndIncrement();
        var segment = segmentOf(number);
        if (segment != null) {
            // Release: pairs with the acquire of who looks, for whom it is there or is not yet.
            segment.ends.setRelease((int) (number - segment.first), end);
        }
    }

    /** Null if it has been cut off meanwhile: so many later ones are there. */
    private Segment segmentOf(long number) {
        var segment = newest;
        while (segment.first + SEGMENT <= number) {
            segment = appended(segment);
        }
        while (segment != null && segment.first > number) {
            segment = segment.older;
        }
        return segment;
    }

    /** The segment behind the newest, or a later one if somebody else was quicker. */
    private Segment appended(Segment last) {
        var made = new Segment(last.first + SEGMENT, last);
        // Volatile: who finds it finds those before it.
        var found = (Segment) NEWEST.compareAndExchange(this, last, made);
        if (found != last) {
            return found;
        }
        // Now and then only, if many are kept: the way to the last one is long.
        if (made.first / SEGMENT % (needed() / 16 + 1) == 0) {
            cut(made);
        }
        return made;
    }

    /** How many segments are needed for what is kept, wherever it begins in the newest. */
    private int needed() {
        return kept / SEGMENT + 2;
    }

    /** Lets go of segments that are too old. Any thread, at any time. */
    private void cut(Segment from) {
        var last = from;
        for (int i = 1; i < needed() && last != null; i++) {
            last = last.older;
        }
        if (last != null) {
            last.older = null;
        }
    }

    private int takeSize() {
        int present = size.getAsInt();
        if (present != kept) {
            changeSize();
        }
        return present;
    }

    private synchronized void changeSize() {
        floor = firstKept(kept);
        kept = size.getAsInt();
        cut(newest);
    }

    private long firstKept(int latest) {
        return Math.max(floor, count.get() - latest);
    }

    /** Newest first. */
    List<ProcessEnd> list() {
        int most = takeSize(); // more may be added while it looks
        var ends = new ArrayList<ProcessEnd>();
        visit(most, end -> {
            ends.add(end);
            return ends.size() == most;
        });
        return ends;
    }

    Optional<ProcessEnd> find(long pid) {
        var found = new ArrayList<ProcessEnd>(1);
        visit(takeSize(), end -> end.process().pid() == pid && found.add(end));
        return found.stream().findFirst();
    }

    /** Visits those that are kept, newest first, until the visitor answers true. */
    private void visit(int latest, Predicate<ProcessEnd> visitor) {
        long last = firstKept(latest);
        for (var segment = newest; segment != null; segment = segment.older) {
            for (int i = SEGMENT - 1; i >= 0 && segment.first + i >= last; i--) {
                var end = segment.ends.getAcquire(i);
                if (end != null && visitor.test(end)) {
                    return;
                }
            }
        }
    }
}
