package org.reclaim.orchestrator.internal.cleanup;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reclaim.orchestrator.internal.table.Holding;

/**
 * Workers that release what is left of a table while one release of it hangs. Each helps until nothing is left, or
 * until it hangs in a release itself; then another one may follow.
 */
final class Helpers {

    private final Workers workers;
    private final long pid;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean givenUp;

    /** Used by the watcher alone. */
    private long progressSeen = -1;

    Helpers(Workers workers, long pid) {
        this.workers = workers;
        this.pid = pid;
    }

    /** Looks whether there was progress since the last look; if not, and something hangs, starts a helper. */
    void look(Bound bound, Holding<?> holding) {
        long progress = holding.tally().progress();
        boolean hangs = progress == progressSeen && holding.isBusy();
        progressSeen = progress;
        if (hangs
                && bound.permits().tryAcquire()
                && !workers.tryExecute("helping with " + bound, () -> help(bound, holding))) {
            bound.permits().release();
        }
    }

    /** Gives up those at work, and those that have not begun yet. */
    void giveUp() {
        // Volatile, before the look: pairs with help(), which adds itself and then reads this.
        givenUp = true;
        calls.forEach(Call::giveUp);
    }

    private void help(Bound bound, Holding<?> holding) {
        var call = new Call(bound, pid, true);
        calls.add(call);
        try {
            if (bound.tryEnter()) {
                try {
                    if (!givenUp) {
                        bound.inside(() -> {
                            holding.releaseAll();
                            return null;
                        });
                    }
                } finally {
                    call.returned();
                    bound.exit();
                }
            }
        } finally {
            calls.remove(call);
            bound.permits().release();
        }
    }
}
