package org.reclaim.orchestrator.internal.table;

import java.util.Objects;
import org.reclaim.api.Reservation;
import org.reclaim.api.ResourceHandle;

/** A reservation. Used by one thread. */
final class Place<R> implements Reservation<R> {

    private final OpenedTable<R> table;
    private final Holding<R> holding;
    private final long bytes;
    private final boolean counted;
    private boolean done;

    Place(OpenedTable<R> table, Holding<R> holding, long bytes, boolean counted) {
        this.table = table;
        this.holding = holding;
        this.bytes = bytes;
        this.counted = counted;
    }

    @Override
    public <T extends R> ResourceHandle<T> track(T resource, String label) {
        return fill(resource, label, false);
    }

    @Override
    public <T extends R> ResourceHandle<T> trackUntilEnd(T resource, String label) {
        return fill(resource, label, true);
    }

    private <T extends R> ResourceHandle<T> fill(T resource, String label, boolean heldUntilEnd) {
        if (done) {
            throw new IllegalStateException("This reservation of process " + holding.owner().pid() + " (type "
                    + holding.table().resourceType() + ") was used or closed");
        }
        table.requireLasting(resource);
        var entry = new LabeledEntry<T>(resource, bytes, Objects.requireNonNull(label, "label"), heldUntilEnd);
        if (counted) {
            entry.setCounted();
        }
        // Whatever happens to the entry from here on, giving the place back is its own doing: withdrawing frees it.
        done = true;
        return holding.add(entry);
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            holding.giveBack(bytes, counted);
        }
    }
}
