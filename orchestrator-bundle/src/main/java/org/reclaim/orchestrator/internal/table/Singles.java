package org.reclaim.orchestrator.internal.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a process needs once for a type; see {@code ResourceTable.one}. Part of a {@link Holding}. */
final class Singles {

    private final Holding<?> holding;

    /** Replaced under the lock, never changed. */
    private volatile List<Single<?>> all = List.of();

    Singles(Holding<?> holding) {
        this.holding = holding;
    }

    List<Single<?>> all() {
        return all;
    }

    /** The one of a class, made by the first caller while the others wait. */
    <T> T one(Class<T> type, Supplier<? extends T> create) {
        while (true) {
            var present = find(type);
            if (present == null) {
                var single = new Single<>(type);
                if (addIfAbsent(single)) {
                    return create(single, create);
                }
            } else {
                var value = present.await();
                if (value != null) {
                    return type.cast(value);
                }
                // Making it failed, or it was released: the next caller makes another one.
                holding.requireOpen();
                remove(present);
            }
        }
    }

    private <T> T create(Single<T> single, Supplier<? extends T> create) {
        try {
            // Read after it was added: pairs with the end, which closes the owner and then looks here. If it is open
            // now, that end finds this and waits for it; so nothing is ever made that nobody frees.
            holding.requireOpen();
            T made = single.create(create);
            holding.requireOpen();
            return made;
        } finally {
            single.giveUpIfUnmade();
            if (!holding.isOpen()) {
                release(single);
                holding.released();
            }
        }
    }

    /** Releases all that are live. */
    void release() {
        all.forEach(this::release);
    }

    /** Whether there is something to free, or soon may be. */
    boolean areHeld() {
        for (var single : all) {
            if (single.isHeld()) {
                return true;
            }
        }
        return false;
    }

    /** Whether some thread is making or releasing one at this moment. */
    boolean areBusy() {
        for (var single : all) {
            if (single.isBusy()) {
                return true;
            }
        }
        return false;
    }

    private void release(Single<?> single) {
        var failure = single.release(holding.table());
        if (failure != null) {
            var counts = holding.tally().counts();
            counts.countFailed(failure);
            counts.done();
        }
    }

    private Single<?> find(Class<?> type) {
        for (var single : all) {
            if (single.type() == type) {
                return single;
            }
        }
        return null;
    }

    private synchronized boolean addIfAbsent(Single<?> single) {
        if (find(single.type()) != null) {
            return false;
        }
        var longer = new ArrayList<>(all);
        longer.add(single);
        all = List.copyOf(longer);
        return true;
    }

    private synchronized void remove(Single<?> single) {
        all = all.stream().filter(other -> other != single).toList();
    }
}
