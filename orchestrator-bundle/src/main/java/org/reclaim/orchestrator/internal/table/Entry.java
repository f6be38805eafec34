package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.Releaser;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceInfo;

/**
 * One resource of one process, and its handle. 24 bytes: the slot number, the state, and whether it is counted share
 * an {@code int}.
 *
 * <p>States move LIVE to CLOSED or RELEASING, CLOSED to RELEASING, RELEASING to CLOSED (the release failed, or there
 * was no releaser) or FREED, LIVE to FREED (withdrawn before anybody saw it). Only a compare-and-set leads to
 * RELEASING, and only the thread that did it leaves RELEASING. It is counted from the start or by a compare-and-set
 * while it is LIVE or CLOSED.
 */
class Entry<T> implements ResourceHandle<T> {

    static final int LIVE = 0;
    static final int CLOSED = 1;
    static final int RELEASING = 2;
    static final int FREED = 3;

    /** The states of what is not freed yet, a bit for each. */
    static final int HELD = 1 << LIVE | 1 << CLOSED | 1 << RELEASING;

    private static final int STATE_MASK = 3;

    /**
     * Beside RELEASING: somebody has closed it meanwhile who knows that it can be released now. If the release that
     * runs fails, because it began before that, it is repeated: nobody may try again later.
     */
    private static final int AGAIN = 4;

    /** Its place is counted, and so has to be given back. */
    private static final int COUNTED = 8;

    private static final int SLOT_SHIFT = 4;
    private static final VarHandle CONTROL;

    static {
        try {
            CONTROL = MethodHandles.lookup().findVarHandle(Entry.class, "control", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Slot number above, then {@link #COUNTED} and {@link #AGAIN}, state below. */
    private volatile int control;

    /** Written before the entry is published, cleared by the thread that freed it. */
    private T resource;

    /** Where the slot is. Written before the entry is published. */
    private Chunk chunk;

    Entry(T resource) {
        this.resource = resource;
    }

    /** Says that the place that it takes was counted; before it is published, by the thread that made it. */
    final void setCounted() {
        CONTROL.set(this, COUNTED);
    }

    /** Whether its place is counted, and so has to be given back. */
    final boolean isCounted() {
        return (control & COUNTED) != 0;
    }

    /** Notes that its place has been counted after the fact. False if it was before, or is being freed. */
    final boolean tryMarkCounted() {
        while (true) {
            int now = control;
            if ((now & COUNTED) != 0 || (now & STATE_MASK) >= RELEASING) {
                return false;
            }
            if (CONTROL.compareAndSet(this, now, now | COUNTED)) {
                return true;
            }
        }
    }

    /** Says where it will stand; before it is published there, by the thread that made it. */
    final void place(Chunk where, int slot) {
        chunk = where;
        // Plain: the compare-and-set that publishes the entry in its slot orders this before every other access.
        CONTROL.set(this, slot << SLOT_SHIFT | (int) CONTROL.get(this) & COUNTED | LIVE);
    }

    @Override
    public final T get() {
        if (state() == LIVE) {
            var held = resource;
            // A release may have run since the state was read; it clears the field last.
            if (held != null) {
                return held;
            }
        }
        throw new IllegalStateException("This resource of process " + pid() + " (type " + table().resourceType()
                + ") was closed, or the process has ended");
    }

    @Override
    public final long pid() {
        return chunk.holding().owner().pid();
    }

    @Override
    public final void close() {
        if (heldUntilEnd()) {
            move(LIVE, CLOSED);
            return;
        }
        boolean late = false;
        if (!move(LIVE, RELEASING)) {
            late = acquireLate();
            if (!late) {
                return;
            }
        }
        long size = bytes();
        var failure = releaseOrPark(chunk.holding(), Counts.NONE);
        if (late && state() == FREED) {
            table().freedLate(pid(), size);
        }
        if (failure != null) {
            throw new ReleaseFailedException(table().resourceType(), pid(), label(), failure);
        }
    }

    /**
     * What the end of its process had to leave can be released by who knows that it can be now: after that end, and
     * while it still frees other types.
     */
    private boolean acquireLate() {
        if (!chunk.holding().owner().isEnding()) {
            return false;
        }
        while (true) {
            int now = control;
            switch (now & STATE_MASK) {
                case CLOSED -> {
                    if (move(CLOSED, RELEASING)) {
                        return true;
                    }
                }
                case RELEASING -> {
                    // Either this comes first, and who releases finds it; or RELEASING is over, and it is seen here.
                    if (CONTROL.compareAndSet(this, now, now | AGAIN)) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /**
     * Releases it as part of the end of its process, or because its type is back.
     *
     * @return whether this call had it to release: neither freed before, nor being released by another thread
     */
    final boolean tryAcquireForRelease() {
        return move(LIVE, RELEASING) || move(CLOSED, RELEASING);
    }

    /** As {@link #tryAcquireForRelease}, for what its user has closed and the end is not needed for. */
    final boolean tryAcquireIfClosed() {
        return !heldUntilEnd() && move(CLOSED, RELEASING);
    }

    /** Takes it back before anybody else saw it. False if the end of the process got hold of it: then it is tracked. */
    final boolean withdraw() {
        if (!move(LIVE, FREED)) {
            return false;
        }
        var holding = chunk.holding();
        holding.giveBack(bytes(), isCounted());
        leave(holding, Counts.NONE);
        return true;
    }

    /**
     * Releases what the calling thread has moved to RELEASING.
     *
     * @param holding what it is part of
     * @param counts  counts it, before its state tells others: who sees it freed also sees it counted
     * @return what the releaser threw, or null: freed, or left CLOSED because the type is away
     */
    final Throwable releaseOrPark(Holding<?> holding, Counts counts) {
        var table = holding.table();
        do {
            // Read after RELEASING was set (both volatile): pairs with TypeTable.detach, which clears the releaser and
            // then looks for RELEASING entries. Either we see none here, or we are waited for there.
            var releaser = table.releaser();
            if (releaser != null) {
                return release(releaser, holding, counts);
            }
            park(holding);
            // Read again: pairs with TypeTable.open, which sets the releaser and then looks for CLOSED entries.
        } while (table.releaser() != null && move(CLOSED, RELEASING));
        return null;
    }

    private Throwable release(Releaser<Object> releaser, Holding<?> holding, Counts counts) {
        for (boolean repeated = false; ; repeated = true) {
            try {
                releaser.release(resource);
                break;
            } catch (Throwable t) { // an Error too: whatever a plug-in throws, the resource counts as still held
                // Once: a releaser that closes its own handle would go on for ever.
                if (!repeated && isAskedAgain()) {
                    continue;
                }
                counts.countFailed(t);
                if (repeated) {
                    park(holding);
                    return t;
                }
                if (closeUnlessAskedAgain()) {
                    holding.countIfNeeded(this);
                    return t;
                }
            }
        }
        long size = bytes();
        counts.countFreed(size);
        // Before the state: when an end finds nothing left, the bytes are back, too.
        holding.giveBack(size, isCounted());
        // Release, cheaper than volatile: who waits for it looks again, and Holding.released orders it before its look
        // whether that end is over.
        CONTROL.setRelease(this, control & ~(STATE_MASK | AGAIN) | FREED);
        leave(holding, counts);
        return null;
    }

    /** Leaves it to a later release. It may have to be counted after all: nobody could while it was RELEASING. */
    private void park(Holding<?> holding) {
        setState(CLOSED);
        holding.countIfNeeded(this);
    }

    private void leave(Holding<?> holding, Counts counts) {
        resource = null;
        if (counts == Counts.NONE) {
            chunk.free(slot());
            holding.released();
        } else {
            // Whoever releases all says so once. Mostly nothing is acquired after that; else a walk finds the slot.
            chunk.clear(slot());
        }
    }

    /** What identifies it to people. */
    String label() {
        var held = resource;
        // No toString(): it may be foreign code, and it rarely says more.
        return held == null ? "a freed resource" : held.getClass().getName();
    }

    /** Its size; 0 where it has none. */
    long bytes() {
        return 0;
    }

    /** Whether closing the handle gives nothing back yet. */
    boolean heldUntilEnd() {
        return false;
    }

    /** The resource whatever its state, or null once freed. */
    final T resource() {
        return resource;
    }

    final int state() {
        return control & STATE_MASK;
    }

    /** For display; a freed one is about to leave its slot. */
    final ResourceInfo info() {
        var state = switch (state()) {
            case LIVE -> ResourceInfo.State.LIVE;
            case CLOSED -> ResourceInfo.State.CLOSED;
            default -> ResourceInfo.State.RELEASING;
        };
        return new ResourceInfo(table().resourceType(), label(), bytes(), state);
    }

    private TypeTable<?> table() {
        return chunk.holding().table();
    }

    private int slot() {
        return control >>> SLOT_SHIFT;
    }

    private boolean move(int from, int to) {
        while (true) {
            int now = control;
            if ((now & STATE_MASK) != from) {
                return false;
            }
            if (CONTROL.compareAndSet(this, now, now & ~STATE_MASK | to)) {
                return true;
            }
            // Somebody else has moved it, or has just counted it: then it is still to be moved.
        }
    }

    private boolean isAskedAgain() {
        return (control & AGAIN) != 0;
    }

    /** Leaves RELEASING for CLOSED, unless {@link #AGAIN} is set: then the compare-and-set fails. */
    private boolean closeUnlessAskedAgain() {
        int now = control & ~AGAIN;
        return CONTROL.compareAndSet(this, now, now & ~STATE_MASK | CLOSED);
    }

    /**
     * Leaves RELEASING; by its only thread. Volatile: others wait for it. Nobody else writes the word meanwhile, unless
     * to set {@link #AGAIN}, which has no use any more: it is freed, or no releaser is there, or it was repeated.
     */
    private void setState(int state) {
        control = control & ~(STATE_MASK | AGAIN) | state;
    }
}
