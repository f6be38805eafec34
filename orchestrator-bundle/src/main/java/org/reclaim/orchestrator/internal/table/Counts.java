package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What one thread at a time has released; part of a {@link Tally}. */
abstract class Counts {

    /** Counts nothing: for what users close themselves. */
    static final Counts NONE = new Counts() {
        @Override
        void countFreed(long size) {
            // Not the doing of an end.
        }

        @Override
        void countFailed(Throwable failure) {
            // The user is told himself.
        }

        @Override
        void failed(Throwable failure) {
            // Never called.
        }
    };

    private static final VarHandle CLAIMED;
    private static final VarHandle FREED;
    private static final VarHandle BYTES;
    private static final VarHandle FAILED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            CLAIMED = lookup.findVarHandle(Counts.class, "claimed", boolean.class);
            FREED = lookup.findVarHandle(Counts.class, "freed", long.class);
            BYTES = lookup.findVarHandle(Counts.class, "bytes", long.class);
            FAILED = lookup.findVarHandle(Counts.class, "failed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Set before it is published in the list. */
    Counts next;

    private volatile boolean claimed;
    private long freed;
    private long bytes;
    private long failed;

    final boolean tryClaim() {
        return !claimed && CLAIMED.compareAndSet(this, false, true);
    }

    /** Gives it back. Release: pairs with {@link #tryClaim}; who counts on reads the counts of who was before. */
    final void done() {
        CLAIMED.setRelease(this, false);
    }

    /** Release stores, by one thread: pair with the acquires below, and who sees the entry freed sees them, too. */
    void countFreed(long size) {
        if (size != 0) {
            BYTES.setRelease(this, bytes + size);
        }
        FREED.setRelease(this, freed + 1);
    }

    void countFailed(Throwable failure) {
        failed(failure);
        FAILED.setRelease(this, failed + 1);
    }

    /** Remembers the latest failure. */
    abstract void failed(Throwable failure);

    final long ownFreed() {
        return (long) FREED.getAcquire(this);
    }

    final long ownBytes() {
        return (long) BYTES.getAcquire(this);
    }

    final long ownFailed() {
        return (long) FAILED.getAcquire(this);
    }
}
