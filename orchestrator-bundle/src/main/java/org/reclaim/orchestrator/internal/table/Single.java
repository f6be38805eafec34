package org.reclaim.orchestrator.internal.table;

import java.util.function.Supplier;

/** The one object of a class that a process needs once for a type; see {@code ResourceTable.one}. */
final class Single<T> {

    private enum State {
        CREATING,
        LIVE,
        RELEASING,
        FREED
    }

    private final Class<T> type;
    private State state = State.CREATING;
    private T value;

    Single(Class<T> type) {
        this.type = type;
    }

    Class<T> type() {
        return type;
    }

    /** Runs the supplier, outside of the lock, on the thread that added this. */
    T create(Supplier<? extends T> supplier) {
        T made = type.cast(supplier.get());
        if (made == null) {
            throw new IllegalStateException("create returned null for " + type.getName());
        }
        settle(made);
        return made;
    }

    /** Says that it will not be made, unless it was. */
    synchronized void giveUpIfUnmade() {
        if (state == State.CREATING) {
            settle(null);
        }
    }

    private synchronized void settle(T made) {
        value = made;
        state = made == null ? State.FREED : State.LIVE;
        notifyAll();
    }

    /** Waits while another thread creates it. Null if that failed, or it has been freed. */
    synchronized T await() {
        boolean interrupted = false;
        while (state == State.CREATING) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // creating is short; the flag is handed on below
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return state == State.LIVE ? value : null;
    }

    /** Whether there is something to free, or soon may be. */
    synchronized boolean isHeld() {
        return state != State.FREED;
    }

    /** Whether some thread is making or releasing it at this moment. */
    synchronized boolean isBusy() {
        return state == State.CREATING || state == State.RELEASING;
    }

    synchronized boolean isReleasing() {
        return state == State.RELEASING;
    }

    /** Releases it if it is live and its type is there; what the releaser throws is returned, and it stays live. */
    Throwable release(TypeTable<?> table) {
        T held;
        synchronized (this) {
            if (state != State.LIVE) {
                return null;
            }
            state = State.RELEASING;
            held = value;
        }
        // Read after RELEASING was set, as for entries: a detach that clears the releaser sees this, and waits.
        var releaser = table.releaser();
        if (releaser == null) {
            settle(held);
            return null;
        }
        try {
            releaser.release(held);
        } catch (Throwable t) { // an Error too, as for entries
            settle(held);
            return t;
        }
        synchronized (this) {
            state = State.FREED;
            value = null;
        }
        return null;
    }
}
