package org.reclaim.orchestrator.internal.table;

/**
 * Where some threads put their entries of one holding: a list of chunks.
 *
 * <p>A free slot is the one freed last, else the next one on a walk round all slots. When a round has found fewer free
 * ones than a quarter of all, the slots are doubled. So a claim costs a few steps on average, whatever the order in
 * which slots are freed, and there are at most some four times as many slots as there were entries at a time. All
 * fields of the walk are hints, plain and raced upon; what counts is the compare-and-set on the slot.
 */
final class Stripe {

    private static final int FIRST_CHUNK = 8;
    private static final int LARGEST_CHUNK = 1 << 20;

    private final Holding<?> holding;
    private final Chunk first;
    private Chunk freed;
    private Chunk walking;
    private int claimedThisRound;
    private int capacity = FIRST_CHUNK;

    Stripe(Holding<?> holding) {
        this.holding = holding;
        first = new Chunk(this, FIRST_CHUNK);
        freed = first;
        walking = first;
    }

    Holding<?> holding() {
        return holding;
    }

    Chunk first() {
        return first;
    }

    void freedIn(Chunk chunk) {
        freed = chunk;
    }

    /**
     * Puts an entry into a free slot.
     *
     * @return false if another thread was claiming slots of this stripe at the same time; the entry has a slot anyway
     */
    boolean add(Entry<?> entry) {
        var chunk = freed;
        int hint = chunk.freed;
        if (chunk.isFree(hint) && chunk.tryClaim(hint, entry)) {
            return true;
        }
        return walk(entry);
    }

    private boolean walk(Entry<?> entry) {
        boolean alone = true;
        while (true) {
            var chunk = walking;
            for (int slot = chunk.cursor; slot < chunk.size(); slot++) {
                if (chunk.isFree(slot)) {
                    if (chunk.tryClaim(slot, entry)) {
                        chunk.cursor = slot + 1;
                        claimedThisRound++;
                        return alone;
                    }
                    alone = false;
                }
            }
            chunk.cursor = chunk.size();
            nextChunk(chunk);
        }
    }

    private void nextChunk(Chunk walked) {
        var next = walked.next();
        if (next == null && claimedThisRound < capacity / 4) {
            int size = Math.min(capacity, LARGEST_CHUNK);
            next = walked.appended(size);
            capacity += size;
        }
        if (next == null) {
            next = first;
            claimedThisRound = 0;
        }
        next.cursor = 0;
        walking = next;
    }
}
