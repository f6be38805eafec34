package org.reclaim.orchestrator.internal.table;

import java.util.function.Supplier;
import org.reclaim.api.Releaser;

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
        T made = null;
        try {
            made = type.cast(supplier.get());
            if (made == null) {
                throw new IllegalStateException("create returned null for " + type.getName());
            }
            return made;
        } finally {
            settle(made);
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

    synchronized boolean isHeld() {
        return state == State.LIVE || state == State.RELEASING;
    }

    /** Releases it if it is live; what the releaser throws is returned, and it stays live. */
    Throwable release(Releaser<Object> releaser) {
        T held;
        synchronized (this) {
            if (state != State.LIVE) {
                return null;
            }
            state = State.RELEASING;
            held = value;
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
