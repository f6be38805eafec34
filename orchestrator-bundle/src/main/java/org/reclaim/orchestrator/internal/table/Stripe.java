package org.reclaim.orchestrator.internal.table;

/**
 * Where some threads put their entries of one holding: a list of chunks, of which it is the first itself.
 *
 * <p>A free slot is the one freed last, else the next one on a walk round all slots. When a round has found fewer free
 * ones than a quarter of all, the slots are doubled. So a claim costs a few steps on average, whatever the order in
 * which slots are freed, and there are at most some four times as many slots as there were entries at a time. All
 * fields of the walk are hints, plain and raced upon; what counts is the compare-and-set on the slot.
 */
final class Stripe extends Chunk {

    /**
     * Many processes hold little, and use the first slot again and again. With 14 of 4 bytes each, the line of cache
     * that is written with it, 64 bytes, reaches no more than 8 bytes beyond the array: what lies there has its mark
     * word in it, which nobody reads. With 12 it had its class, too, and if that was an object that all processes
     * read, or of another one, an operation took four times as long. Both together are a power of two, and so is what
     * follows.
     */
    private static final int FIRST_CHUNK = 14;
    private static final int SECOND_CHUNK = 18;
    private static final int LARGEST_CHUNK = 1 << 20;

    private final Holding<?> holding;
    private Chunk freedLast = this;
    private Chunk walking = this;
    private int claimedThisRound;

    Stripe(Holding<?> holding) {
        super(FIRST_CHUNK);
        this.holding = holding;
    }

    Holding<?> ofHolding() {
        return holding;
    }

    void freedIn(Chunk chunk) {
        // Compared first: nearly always it is the same, and a store of a reference costs the collector's barrier.
        if (freedLast != chunk) {
            freedLast = chunk;
        }
    }

    /**
     * Puts an entry into a free slot.
     *
     * @return false if another thread was claiming slots of this stripe at the same time; the entry has a slot anyway
     */
    boolean add(Entry<?> entry) {
        var chunk = freedLast;
        int slot = chunk.freed;
        boolean alone = !chunk.isFree(slot); // the hint may be old, which says nothing of other threads
        return chunk.tryClaim(slot, entry) || walk(entry) && alone;
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
        if (next == null) {
            int capacity = capacityUpTo(walked);
            if (claimedThisRound < capacity / 4) {
                next = walked.appended(walked == this ? SECOND_CHUNK : Math.min(capacity, LARGEST_CHUNK));
            } else {
                next = this;
                claimedThisRound = 0;
            }
        }
        next.cursor = 0;
        walking = next;
    }

    /** How many slots there are up to the last chunk, which is as large as all before it until it gets no larger. */
    private int capacityUpTo(Chunk last) {
        if (last == this) {
            return FIRST_CHUNK;
        }
        return last.size() == SECOND_CHUNK ? FIRST_CHUNK + SECOND_CHUNK : 2 * last.size();
    }
}
