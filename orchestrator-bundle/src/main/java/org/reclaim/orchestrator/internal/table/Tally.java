package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.reclaim.api.CleanupStats;

/**
 * What ends and retries have released of one holding, counted as it happens: still right when the thread that releases
 * gets stuck. What users close themselves is not in it.
 *
 * <p>Each thread that releases counts by itself, in {@link Counts} that nobody else writes meanwhile, so counting costs
 * no more than a store. There are as many as there were such threads at a time, nearly always one: it has this itself.
 */
public final class Tally extends Counts {

    private static final VarHandle MORE;

    static {
        try {
            MORE = MethodHandles.lookup().findVarHandle(Tally.class, "more", Counts.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Counts more;
    private volatile String lastFailure = "";

    /** Since when the cleanup in progress runs, for it and what it calls; see {@link #begun}. */
    private long since;

    private CleanupStats toldOfAll;

    /** Counts for the calling thread alone, until it calls {@link Counts#done}. */
    Counts counts() {
        if (tryClaim()) {
            return this;
        }
        for (var present = more; present != null; present = present.next) {
            if (present.tryClaim()) {
                return present;
            }
        }
        var made = new OfAnother(this);
        do {
            made.next = more;
        } while (!MORE.compareAndSet(this, made.next, made));
        return made;
    }

    /** Of a thread that releases while another one does. */
    private static final class OfAnother extends Counts {
        private final Tally tally;

        OfAnother(Tally tally) {
            this.tally = tally;
            tryClaim();
        }

        @Override
        void failed(Throwable failure) {
            tally.failed(failure);
        }
    }

    @Override
    void failed(Throwable failure) {
        lastFailure = Failures.describe(failure);
    }

    /** Resources freed so far. */
    public long freed() {
        long sum = ownFreed();
        for (var counts = more; counts != null; counts = counts.next) {
            sum += counts.ownFreed();
        }
        return sum;
    }

    /** Their bytes. */
    public long bytes() {
        long sum = ownBytes();
        for (var counts = more; counts != null; counts = counts.next) {
            sum += counts.ownBytes();
        }
        return sum;
    }

    /** Releases that threw so far; one resource may count several times. */
    public long failed() {
        long sum = ownFailed();
        for (var counts = more; counts != null; counts = counts.next) {
            sum += counts.ownFailed();
        }
        return sum;
    }

    /** What the latest of them threw; empty if none did. */
    public String lastFailure() {
        return lastFailure;
    }

    /** Freed or failed so far: moves as long as the release makes progress. */
    public long progress() {
        return freed() + failed();
    }

    /**
     * Says that a cleanup begins, or is over: a reading of the clock costs more than releasing a resource, and what the
     * cleanup calls can do with the one of its beginning. A hint: what the figures mean never depends on it.
     *
     * @param nanos of {@link System#nanoTime}; 0 if none is in progress
     */
    public void begun(long nanos) {
        since = nanos;
        toldOfAll = null;
    }

    /** When the cleanup in progress began; now, if none is. */
    long since() {
        long begun = since;
        return begun == 0 ? System.nanoTime() : begun;
    }

    /** Remembers what was told of a release that left nothing. */
    void tellOfAll(CleanupStats stats) {
        toldOfAll = stats;
    }

    /** Whether these figures are what the table has told, since the cleanup began, of a release that left nothing. */
    public boolean isOfAll(CleanupStats stats) {
        return stats != null && stats == toldOfAll;
    }
}
