package org.reclaim.api.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * One side of a zero-copy ring, with its mapping of the shared memory.
 *
 * <p>A side is for one thread at a time: who hands it on makes sure that his last call happens before the next thread's
 * first, as {@link java.util.concurrent} does. This is not checked. Ending is for any thread: a call that runs
 * meanwhile finishes or throws {@link RingClosedException}; whether the other side still sees what it has just
 * committed is then open, as with anything that is sent while it is being closed.
 */
public abstract sealed class ZeroCopyRing permits RingProducer, RingConsumer {

    /** All of the shared memory. */
    final MemorySegment memory;

    /** What lies behind its header. */
    final MemorySegment data;

    final long capacity;
    final long mask;
    final int maxMessageLength;

    /**
     * The positions that this side keeps to itself: the other one can't change them. In an array, at an index that has
     * 128 bytes on both sides, because they change with each message: two objects on the same line of cache, each
     * written by a thread of its own, would slow both down many times over, and a collector may put them there.
     */
    final long[] own = new long[2 * PADDING + OWN_POSITIONS];

    /** Index of the first of the own positions; in numbers of 8 bytes, two lines of cache. */
    static final int PADDING = 16;

    static final int OWN_POSITIONS = 3;

    private final String name;
    private final String kernelName;
    private final boolean owner;
    private final RingSide side;
    private final Arena arena;
    private final RingWait waiting;

    ZeroCopyRing(String name, String kernelName, boolean owner, RingSide side, MemorySegment memory, Arena arena) {
        this.name = Objects.requireNonNull(name, "name");
        this.kernelName = Objects.requireNonNull(kernelName, "kernelName");
        this.owner = owner;
        this.side = side;
        this.memory = Objects.requireNonNull(memory, "memory");
        this.arena = Objects.requireNonNull(arena, "arena");
        capacity = memory.byteSize() - RingLayout.HEADER_SIZE;
        mask = capacity - 1;
        maxMessageLength = RingLayout.maxMessageLength(capacity);
        data = memory.asSlice(RingLayout.HEADER_SIZE, capacity);
        waiting = new RingWait(this);
    }

    /**
     * The name.
     *
     * @return as it was given when this side was created or attached
     */
    public final String name() {
        return name;
    }

    /**
     * The name for programs outside of this platform: that of its shared memory.
     *
     * @return for {@code shm_open}, without the slash in front
     */
    public final String kernelName() {
        return kernelName;
    }

    /**
     * Whether this side has created the ring: then the name goes with it.
     *
     * @return false if it has attached to it
     */
    public final boolean isOwner() {
        return owner;
    }

    /**
     * Which side this is.
     *
     * @return the side
     */
    public final RingSide side() {
        return side;
    }

    /**
     * How much the ring holds: messages, eight bytes for each, and what aligns them.
     *
     * @return in bytes, a power of two
     */
    public final long capacity() {
        return capacity;
    }

    /**
     * The longest message.
     *
     * @return in bytes, a quarter of the capacity
     */
    public final int maxMessageLength() {
        return maxMessageLength;
    }

    /**
     * Tells this side that its process ends, for the resource type only: who waits in one of its methods is woken by a
     * {@link RingClosedException}, and nobody waits any more. What need not wait still works until it is released. Any
     * thread.
     */
    public final void stopWaiting() {
        waiting.stop();
    }

    /**
     * Leaves the ring, which tells the other side, and unmaps it; for the resource type only. Does nothing if that has
     * been done. The name stays.
     *
     * @throws IllegalStateException if a running call uses the memory: it is still held
     */
    public final void release() {
        waiting.stop();
        if (arena.scope().isAlive()) {
            leave();
            arena.close();
        }
    }

    private void leave() {
        try {
            // Release: pairs with the acquire in hasPeerLeft(). Who sees it, and then looks again, sees all that the
            // thread of this side did before it ended the side or handed it over to be ended.
            RingLayout.INT.setRelease(memory, side.stateOffset(), RingLayout.LEFT);
        } catch (InternalError cutOff) {
            // Somebody has made the shared memory smaller, ftruncate(2): nobody is there to be told. It is unmapped
            // all the same.
            return;
        }
    }

    final RingWait waiting() {
        return waiting;
    }

    /** Whether the other side has ended. */
    final boolean hasPeerLeft() {
        // Acquire: pairs with the release of who leaves.
        return (int) RingLayout.INT.getAcquire(memory, side.peer().stateOffset()) == RingLayout.LEFT;
    }

    /**
     * Looks whether the operating system still has the other side's process. One that was killed has not left the ring;
     * then this side says it in its place. Of another pid namespace nothing is known: there it may live.
     *
     * @throws RingClosedException if this side has ended
     */
    final void lookForPeer() {
        try {
            markPeerIfGone(side.peer());
        } catch (IllegalStateException e) {
            throw explained(e);
        }
    }

    private void markPeerIfGone(RingSide peer) {
        if ((int) RingLayout.INT.getAcquire(memory, peer.stateOffset()) == RingLayout.TAKEN) {
            // Acquire: pairs with the release of who takes that side. Who sees the pid sees its namespace.
            int pid = (int) RingLayout.INT.getAcquire(memory, peer.pidOffset());
            if (pid > 0
                    && isOfThisNamespace(peer)
                    && pid != ProcessHandle.current().pid()
                    && ProcessHandle.of(pid).isEmpty()) {
                RingLayout.INT.setRelease(memory, peer.stateOffset(), RingLayout.LEFT);
            }
        }
    }

    private boolean isOfThisNamespace(RingSide peer) {
        long own = memory.get(ValueLayout.JAVA_LONG, side.namespaceOffset());
        return own != 0 && own == memory.get(ValueLayout.JAVA_LONG, peer.namespaceOffset());
    }

    /** What to throw when this side has ended. */
    final RingClosedException ended() {
        return new RingClosedException(name, side, "it can't be used any more");
    }

    /** What to throw when the other side has ended. */
    final RingClosedException peerEnded() {
        return new RingClosedException(
                name,
                side.peer(),
                side == RingSide.PRODUCER ? "nobody reads any more" : "all that it wrote has been read");
    }

    /** What to throw for an exception that came of a call: memory that is unmapped says nothing about rings. */
    final IllegalStateException explained(IllegalStateException e) {
        if (e instanceof RingClosedException || memory.scope().isAlive()) {
            return e;
        }
        var ended = ended();
        ended.initCause(e);
        return ended;
    }

    /** What to throw when the memory has what no peer of ours writes. */
    final RingCorruptedException corrupted(String found) {
        return new RingCorruptedException(name, found);
    }

    /** Such as {@code ring 'quotes' producer, capacity 65536 bytes, /reclaim-0-4711-ring-quotes at 0x7f5c4a000000}. */
    @Override
    public final String toString() {
        return "ring '" + name + "' " + side + ", capacity " + capacity + " bytes, /" + kernelName + " at 0x"
                + Long.toHexString(memory.address());
    }
}
