package org.reclaim.api.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An open file, socket or end of a pipe that operations of an {@link IoUring} work on. The JDK's channels do not tell
 * their descriptors, so the {@link IoUringManager} opens what a ring is to use. Thread-safe.
 *
 * <p>The number is closed once, never again: it may be somebody else's by then. For the same reason it can't be closed
 * while an operation on it is queued and not yet submitted, or an fsync has not completed. Other operations that were
 * submitted hold the open file themselves: closing the descriptor neither disturbs nor ends them. Who wants them to end
 * cancels them.
 */
public final class RingDescriptor implements AutoCloseable {

    /** No further operation, no second close. */
    private static final int CLOSED = -1;

    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(RingDescriptor.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long pid;
    private final int number;
    private final String description;
    private final Optional<InetSocketAddress> address;
    private final RingCalls calls;
    private final Consumer<RingDescriptor> afterClose;

    /** How many operations need the number, or {@link #CLOSED}: who sets that is the one who closes. */
    @SuppressWarnings("unused")   // through USERS
    private volatile int users;

    /**
     * For the resource type only.
     *
     * @param pid         the owner
     * @param number      the open descriptor, from now on closed by this object only
     * @param description what people know it by, without the number
     * @param address     what a listener is bound to, or who the peer of an accepted connection is
     * @param calls       how to close it
     */
    public RingDescriptor(
            long pid, int number, String description, Optional<InetSocketAddress> address, RingCalls calls) {
        this(pid, number, description, address, calls, closed -> {});
    }

    /** With something that is told when it was closed. */
    RingDescriptor(
            long pid,
            int number,
            String description,
            Optional<InetSocketAddress> address,
            RingCalls calls,
            Consumer<RingDescriptor> afterClose) {
        this.pid = pid;
        this.number = number;
        this.description = Objects.requireNonNull(description, "description");
        this.address = Objects.requireNonNull(address, "address");
        this.calls = Objects.requireNonNull(calls, "calls");
        this.afterClose = afterClose;
    }

    /**
     * Who holds it.
     *
     * @return the pid
     */
    public long pid() {
        return pid;
    }

    /**
     * Its number, for people and for {@code /proc/self/fd}.
     *
     * @return from 0; means nothing once it is closed
     */
    public int number() {
        return number;
    }

    /**
     * The address of a socket.
     *
     * @return what a listener is bound to, the peer of an accepted connection; else empty
     */
    public Optional<InetSocketAddress> address() {
        return address;
    }

    /**
     * Whether it is open.
     *
     * @return false from when it is being closed
     */
    public boolean isOpen() {
        return users != CLOSED;
    }

    /**
     * Closes it: close(2). Closing again does nothing. The handle of what a manager opened does the same.
     *
     * @throws IllegalStateException if operations on it are queued and not submitted, or an fsync has not completed: it
     *                               is still open
     */
    @Override
    public void close() {
        int seen = (int) USERS.compareAndExchange(this, 0, CLOSED);
        if (seen > 0) {
            throw new IllegalStateException("Still held: the number of " + this + " is needed by " + seen
                    + " operations; submit what is queued, and await each fsync");
        }
        if (seen == 0) {
            // What close(2) says does not matter: the number is free. Who must know that all is written uses fsync.
            calls.close(number);
            afterClose.accept(this);
        }
    }

    /** Keeps the number from being closed, until {@link #endUse}; false if it is closed. */
    boolean tryUse() {
        int seen = users;
        while (seen != CLOSED) {
            int witness = (int) USERS.compareAndExchange(this, seen, seen + 1);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }

    /** The operation does not need the number any more. */
    void endUse() {
        USERS.getAndAdd(this, -1);
    }

    /** As people see it: {@code file /x, fd 38}. */
    @Override
    public String toString() {
        return description + ", fd " + number;
    }
}
