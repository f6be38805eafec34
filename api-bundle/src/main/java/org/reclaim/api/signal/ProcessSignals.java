package org.reclaim.api.signal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ResourceHandle;

/**
 * The mask and the pending signals of one process. Got from {@link SignalManager#signals}; thread-safe.
 *
 * <p>A signal that is blocked stays pending until it is unblocked, or until somebody {@linkplain #take takes} it. To
 * take real signals, register a handler in the scope {@link SignalScope#JVM} and block them: then the handler is not
 * called.
 *
 * <p>Once the process is ending, every method that blocks, unblocks or waits throws {@link ProcessEndedException}, and
 * who waits is woken by it.
 */
public final class ProcessSignals implements SignalResource {

    /** How many signals may be pending unless {@link #limitPending} says otherwise. */
    public static final int DEFAULT_PENDING_LIMIT = 128;

    /** The highest limit for pending signals. */
    public static final int MAX_PENDING_LIMIT = 65_536;

    private final long pid;
    private final SignalQueue queue;
    private final Reception reception;

    /**
     * For the resource type only.
     *
     * @param pid       whose they are
     * @param processes ends it, if that is the default action of a signal
     */
    public ProcessSignals(long pid, ProcessManager processes) {
        this.pid = pid;
        queue = new SignalQueue(pid, DEFAULT_PENDING_LIMIT);
        reception = new Reception(pid, Objects.requireNonNull(processes, "processes"), queue);
    }

    /**
     * Whose they are.
     *
     * @return the process
     */
    public long pid() {
        return pid;
    }

    /**
     * Blocks signals: they stay pending from now on.
     *
     * @param signals without {@link PosixSignal#KILL} and {@link PosixSignal#STOP}
     * @return what was blocked before
     * @throws IllegalArgumentException if one of them can't be blocked
     */
    public Set<PosixSignal> block(Set<PosixSignal> signals) {
        var added = requireCatchable(signals);
        return queue.mask(blocked -> blocked.addAll(added));
    }

    /**
     * Unblocks signals: what is pending of them meets the disposition that they have now.
     *
     * @param signals any
     * @return what was blocked before
     */
    public Set<PosixSignal> unblock(Set<PosixSignal> signals) {
        var removed = Set.copyOf(signals);
        var before = queue.mask(blocked -> blocked.removeAll(removed));
        reception.deliverIfDue();
        return before;
    }

    /**
     * Blocks these signals and no others.
     *
     * @param signals without {@link PosixSignal#KILL} and {@link PosixSignal#STOP}
     * @return what was blocked before
     * @throws IllegalArgumentException if one of them can't be blocked
     */
    public Set<PosixSignal> mask(Set<PosixSignal> signals) {
        var wanted = requireCatchable(signals);
        var before = queue.mask(blocked -> {
            blocked.clear();
            blocked.addAll(wanted);
        });
        reception.deliverIfDue();
        return before;
    }

    /**
     * The mask.
     *
     * @return what is blocked
     */
    public Set<PosixSignal> blocked() {
        return queue.state().blocked();
    }

    /**
     * The signals that wait: because they are blocked, or because a handler is at work.
     *
     * @return in the order in which they came
     */
    public List<ReceivedSignal> pending() {
        return queue.state().pending();
    }

    /**
     * How many signals wait.
     *
     * @return from 0
     */
    public int pendingCount() {
        return queue.state().pending().size();
    }

    /**
     * Sets how many signals may be pending. When so many are, sending another one is refused, and real ones are
     * dropped. What is pending now stays.
     *
     * @param limit from 1 to {@value #MAX_PENDING_LIMIT}; {@value #DEFAULT_PENDING_LIMIT} until it is set
     * @throws IllegalArgumentException if it is out of range
     */
    public void limitPending(int limit) {
        if (limit < 1 || limit > MAX_PENDING_LIMIT) {
            throw new IllegalArgumentException("limit is " + limit + ", must be from 1 to " + MAX_PENDING_LIMIT);
        }
        queue.limit(limit);
    }

    /**
     * How many real signals were dropped because too many were pending: there is nobody who could be told.
     *
     * @return since the process began
     */
    public long dropped() {
        return queue.state().dropped();
    }

    /**
     * What the process does with a signal that is sent to it and not blocked.
     *
     * @param signal any
     * @return what the latest of its registrations says
     */
    public SignalDisposition disposition(PosixSignal signal) {
        return queue.state().disposition(signal);
    }

    /**
     * Waits for a pending signal and takes it, as sigwaitinfo(2) does.
     *
     * @param signals which ones, all of them blocked
     * @return the first of these that came
     * @throws IllegalArgumentException if there is none in the set
     * @throws IllegalStateException    if one of them is not blocked: it would be handled instead
     * @throws ProcessEndedException    if the process is ending or has ended, also while this waits
     * @throws InterruptedException     if the thread is interrupted
     */
    public ReceivedSignal take(Set<PosixSignal> signals) throws InterruptedException {
        while (true) {
            var taken = poll(signals, Long.MAX_VALUE);
            if (taken.isPresent()) {
                return taken.get();
            }
        }
    }

    /**
     * As {@link #take}, for a limited time.
     *
     * @param signals which ones, all of them blocked
     * @param timeout how long at most; zero does not wait
     * @return the first of these that came, or empty
     * @throws IllegalArgumentException if there is none in the set, or if the time is negative
     * @throws IllegalStateException    if one of them is not blocked: it would be handled instead
     * @throws ProcessEndedException    if the process is ending or has ended, also while this waits
     * @throws InterruptedException     if the thread is interrupted
     */
    public Optional<ReceivedSignal> poll(Set<PosixSignal> signals, Duration timeout) throws InterruptedException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must not be negative");
        }
        return poll(signals, TimeUnit.NANOSECONDS.convert(timeout));
    }

    private Optional<ReceivedSignal> poll(Set<PosixSignal> signals, long nanos) throws InterruptedException {
        var wanted = Set.copyOf(signals);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("signals is empty, must have one at least");
        }
        return queue.poll(wanted, nanos);
    }

    void add(SignalRegistration registration) {
        queue.add(registration);
    }

    void remove(SignalRegistration registration) {
        queue.remove(registration);
    }

    /**
     * Takes a signal that somebody sends; for the resource type only.
     *
     * @param signal what came
     * @throws ProcessEndedException         if the process is ending or has ended
     * @throws SignalQueueFullException      if too many are pending
     * @throws UnsupportedOperationException if it is not handled, and would stop the process
     */
    public void send(ReceivedSignal signal) {
        reception.send(signal);
    }

    /** Takes a signal that reached the JVM. */
    void receive(ReceivedSignal signal) {
        reception.receive(signal);
    }

    /** Stops the delivery and wakes who waits, without waiting for either; for the resource type only. */
    public void end() {
        reception.end();
    }

    /**
     * Says by which handle the table has this; for the resource type only.
     *
     * @param tracked closed when a handler returns for which the end of the process has waited in vain
     */
    public void trackedAs(ResourceHandle<ProcessSignals> tracked) {
        reception.trackedAs(tracked);
    }

    @Override
    public void release() throws InterruptedException {
        reception.release();
    }

    private static Set<PosixSignal> requireCatchable(Set<PosixSignal> signals) {
        var copy = Set.copyOf(signals);
        copy.stream().filter(signal -> !signal.isCatchable()).findFirst().ifPresent(signal -> {
            throw new IllegalArgumentException("signals has " + signal + ", must not: it can't be blocked");
        });
        return copy;
    }

    /**
     * What is set and what waits.
     *
     * @return such as {@code handler of SIGTERM; blocked SIGHUP; 2 pending}
     */
    @Override
    public String toString() {
        var state = queue.state();
        return state.registrations() + "; blocked " + state.blocked() + "; " + state.pending().size() + " pending";
    }
}
