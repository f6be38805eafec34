package org.reclaim.orchestrator.internal.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BiConsumer;
import org.reclaim.api.ProcessState;

/**
 * The state of a process, and the way to it: a bit for each state that it has been in, of which the highest is the
 * present one, because states only move down their list. So whoever comes late to tell of a transition finds all that
 * came before it, too.
 *
 * <p>The state alone says whether a process may acquire: who moved it to TERMINATING need write nothing else.
 */
public class StatePath {

    private static final ProcessState[] STATES = ProcessState.values();
    private static final VarHandle PATH;

    static {
        try {
            PATH = MethodHandles.lookup().findVarHandle(StatePath.class, "path", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int path = bit(ProcessState.CREATED);

    /** What of it listeners were told. Under their lock. */
    private int told = path;

    /** Created, and nothing else yet. */
    StatePath() {
        super();
    }

    /** The state as it is. */
    public final ProcessState state() {
        return last(path);
    }

    /** Whether it ends or has ended, and every acquisition is refused. */
    public final boolean isEnding() {
        return path >= bit(ProcessState.TERMINATING);
    }

    /** Whether it has been cleaned and recorded: whatever is released from now on is late. */
    public final boolean isEnded() {
        return path >= bit(ProcessState.TERMINATED);
    }

    /** The only place where the state changes: by a transition that there is, or not at all. True if it did. */
    public final boolean advance(ProcessState next) {
        // A loop: the state may move on between the look and the attempt. Who is told that it can't begin an end waits
        // for the end of somebody else, so there must be one.
        for (int now = path; last(now).canBecome(next); now = path) {
            if (PATH.compareAndSet(this, now, now | bit(next))) {
                return true;
            }
        }
        return false;
    }

    /** Hands out the states of which listeners have not been told, in order, each with the one before it. */
    public final void takeUntold(BiConsumer<ProcessState, ProcessState> taker) {
        for (int left = path & ~told; left != 0; left &= left - 1) {
            var before = last(told);
            var state = STATES[Integer.numberOfTrailingZeros(left)];
            told |= bit(state);
            taker.accept(state, before);
        }
    }

    /** Forgets those of which nobody was told. */
    public final void skipUntold() {
        told = path;
    }

    private static int bit(ProcessState state) {
        return 1 << state.ordinal();
    }

    private static ProcessState last(int path) {
        return STATES[Integer.SIZE - 1 - Integer.numberOfLeadingZeros(path)];
    }
}
