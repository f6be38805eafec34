package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What ends and retries have released of one holding, counted as it happens: still right when the thread that releases
 * gets stuck. What users close themselves is not in it.
 */
public class Tally {

    /** Counts nothing: for what users close themselves. */
    static final Tally NONE = new Tally() {
        @Override
        void countFreed(long size) {
            // Not the doing of an end.
        }

        @Override
        void countFailed(Throwable failure) {
            // The user is told himself.
        }
    };

    private final AtomicLong freed = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<String> lastFailure = new AtomicReference<>("");

    void countFreed(long size) {
        bytes.addAndGet(size);
        freed.incrementAndGet();
    }

    void countFailed(Throwable failure) {
        lastFailure.set(Failures.describe(failure));
        failed.incrementAndGet();
    }

    /** Resources freed so far. */
    public long freed() {
        return freed.get();
    }

    /** Their bytes. */
    public long bytes() {
        return bytes.get();
    }

    /** Releases that threw so far; one resource may count several times. */
    public long failed() {
        return failed.get();
    }

    /** What the latest of them threw; empty if none did. */
    public String lastFailure() {
        return lastFailure.get();
    }

    /** Freed or failed so far: moves as long as the release makes progress. */
    public long progress() {
        return freed.get() + failed.get();
    }
}
