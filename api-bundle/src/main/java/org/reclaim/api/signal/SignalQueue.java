package org.reclaim.api.signal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.reclaim.api.ProcessEndedException;

/**
 * The pending signals, the mask and the registrations of one process: what becomes of a signal is decided here, and
 * done by others. One lock guards all of it; nothing foreign is called under it.
 */
final class SignalQueue {

    /** What became of a signal that came. */
    enum Posted { QUEUED, IGNORED, NOT_HANDLED, FULL, ENDED }

    /**
     * A signal that is to be handled now.
     *
     * @param signal what came
     * @param by     empty if its handler has gone since it came, or if it was blocked and never had one
     */
    record Due(ReceivedSignal signal, Optional<SignalRegistration> by) {}

    private final long pid;
    private final ReentrantLock lock = new ReentrantLock();

    /** Something became pending, the process is ending, or a delivery is over. */
    private final Condition changed = lock.newCondition();

    /** The latest is the last. */
    private final List<SignalRegistration> registrations = new ArrayList<>();

    private final Deque<ReceivedSignal> pending = new ArrayDeque<>();
    private final EnumSet<PosixSignal> blocked = EnumSet.noneOf(PosixSignal.class);
    private int limit;
    private long dropped;
    private boolean ended;

    /** Whether a thread takes what is due; at most one does. */
    private boolean delivering;

    /** Whether somebody has waited for that thread in vain. */
    private boolean awaitedInVain;

    SignalQueue(long pid, int limit) {
        this.pid = pid;
        this.limit = limit;
    }

    /** Takes a signal that came. */
    Posted post(ReceivedSignal signal) {
        lock.lock();
        try {
            if (ended) {
                return Posted.ENDED;
            }
            if (!blocked.contains(signal.signal())) {
                switch (disposition(signal)) {
                    case DEFAULT -> {
                        return Posted.NOT_HANDLED;
                    }
                    case IGNORED -> {
                        return Posted.IGNORED;
                    }
                    case HANDLED -> { }
                }
            }
            if (pending.size() >= limit) {
                if (signal.real()) {
                    dropped++;
                }
                return Posted.FULL;
            }
            pending.addLast(signal);
            changed.signalAll();
            return Posted.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is due and nobody delivers: then the caller has to. */
    boolean claimDelivery() {
        lock.lock();
        try {
            boolean claimed = !ended && !delivering
                    && pending.stream().anyMatch(signal -> !blocked.contains(signal.signal()));
            delivering |= claimed;
            return claimed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes what is to be handled next, by who has claimed the delivery; empty if nothing is: then that is over. */
    Optional<Due> next() {
        lock.lock();
        try {
            while (!ended) {
                var due = removeFirst(signal -> !blocked.contains(signal.signal()));
                if (due.isEmpty()) {
                    break;
                }
                // If it is not to be ignored, since it came.
                if (disposition(due.get()) != SignalDisposition.IGNORED) {
                    return Optional.of(new Due(due.get(), find(due.get())));
                }
            }
            // Together with the look above: whoever posts from now on finds that nobody delivers.
            delivering = false;
            changed.signalAll();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a delivery that could not go on. */
    void abandonDelivery() {
        lock.lock();
        try {
            delivering = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody delivers. False if somebody still does. */
    boolean awaitNoDelivery(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // Not for a second time: many processes may have such a delivery, and be tried one after the other.
            long left = awaitedInVain ? 0 : nanos;
            while (delivering) {
                if (left <= 0) {
                    awaitedInVain = true;
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody has given up waiting for the delivery that is now over. */
    boolean wasAwaitedInVain() {
        lock.lock();
        try {
            return awaitedInVain;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for one of some blocked signals, and takes it. */
    Optional<ReceivedSignal> poll(Set<PosixSignal> wanted, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            requireNotEnded();
            if (!blocked.containsAll(wanted)) {
                throw new IllegalStateException("signals are " + wanted + ", must be blocked; blocked are " + blocked);
            }
            while (true) {
                var found = removeFirst(signal -> wanted.contains(signal.signal()));
                if (found.isPresent() || left <= 0) {
                    return found;
                }
                left = changed.awaitNanos(left);
                requireNotEnded();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Changes the mask; the change is ours, not foreign code. */
    Set<PosixSignal> mask(Consumer<Set<PosixSignal>> change) {
        lock.lock();
        try {
            requireNotEnded();
            var before = Set.copyOf(blocked);
            change.accept(blocked);
            return before;
        } finally {
            lock.unlock();
        }
    }

    void add(SignalRegistration registration) {
        lock.lock();
        try {
            requireNotEnded();
            registrations.add(registration);
        } finally {
            lock.unlock();
        }
    }

    /** Also drops what was on its way to it, unless another one is there instead. */
    void remove(SignalRegistration registration) {
        lock.lock();
        try {
            if (registrations.remove(registration)) {
                pending.removeIf(signal -> registration.isFor(signal)
                        && !blocked.contains(signal.signal())
                        && find(signal).isEmpty());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes nothing more, delivers nothing more, and wakes who waits.
     *
     * @return how many signals were still pending; empty if this was done before
     */
    OptionalInt end() {
        lock.lock();
        try {
            if (ended) {
                return OptionalInt.empty();
            }
            var left = OptionalInt.of(pending.size());
            ended = true;
            pending.clear();
            changed.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }

    void limit(int to) {
        lock.lock();
        try {
            limit = to;
        } finally {
            lock.unlock();
        }
    }

    SignalState state() {
        lock.lock();
        try {
            return new SignalState(
                    List.copyOf(registrations), List.copyOf(pending), Set.copyOf(blocked), limit, dropped);
        } finally {
            lock.unlock();
        }
    }

    ProcessEndedException processEnded() {
        return new ProcessEndedException(pid, "block, handle or receive signals");
    }

    private void requireNotEnded() {
        if (ended) {
            throw processEnded();
        }
    }

    private SignalDisposition disposition(ReceivedSignal signal) {
        return find(signal).map(by -> by.dispositionOf(signal)).orElse(SignalDisposition.DEFAULT);
    }

    private Optional<SignalRegistration> find(ReceivedSignal signal) {
        return registrations.reversed().stream().filter(registration -> registration.isFor(signal)).findFirst();
    }

    private Optional<ReceivedSignal> removeFirst(Predicate<ReceivedSignal> condition) {
        for (var all = pending.iterator(); all.hasNext();) {
            var signal = all.next();
            if (condition.test(signal)) {
                all.remove();
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }
}
