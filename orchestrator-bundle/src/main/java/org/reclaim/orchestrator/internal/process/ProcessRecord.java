package org.reclaim.orchestrator.internal.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.table.Owner;
import org.reclaim.orchestrator.internal.table.TreeLimits;

/** A process that has not ended, or that still holds something. */
final class ProcessRecord extends Owner {

    private static final VarHandle WAITERS;
    private static final VarHandle CAUSE;
    private static final VarHandle ENDING;

    static {
        try {
            var lookup = MethodHandles.lookup();
            WAITERS = lookup.findVarHandle(ProcessRecord.class, "waiters", CountDownLatch.class);
            CAUSE = lookup.findVarHandle(ProcessRecord.class, "cause", EndCause.class);
            ENDING = lookup.findVarHandle(ProcessRecord.class, "ending", EndOfProcess.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final ProcessKind kind;
    private final ProcessRecord parent;
    private final Optional<Duration> grace;

    /** Null for what has nothing that runs. */
    private final Object startLock;

    private final Instant started = Instant.now();
    private final Listeners listeners;

    /** Written by the thread that moved the state to TERMINATING, before it does anything else of the end. */
    private volatile EndCause cause;

    /** Ends it when it has run long enough. */
    private volatile Future<?> deadline;

    private volatile Execution execution = Execution.NONE;
    private volatile EndOfProcess ending;

    /** Written before the state is TERMINATED, read after that was seen: see {@link #finished}. */
    private ProcessEnd end;

    /** Made by the first that waits. */
    private volatile CountDownLatch waiters;

    /** Made by the first child; under the lock. */
    private volatile Set<ProcessRecord> children;

    ProcessRecord(long pid, ProcessSpec spec, ProcessRecord parent, Listeners listeners) {
        super(pid, TreeLimits.of(pid, spec.limits(), parent == null ? null : parent.limits()));
        this.name = spec.name();
        this.kind = spec.kind();
        this.parent = parent;
        this.grace = spec.grace();
        this.startLock = kind == ProcessKind.LOGICAL ? null : new Object();
        this.listeners = listeners;
    }

    /** The process of a bundle, which nobody specifies. */
    ProcessRecord(long pid, String bundle, Listeners listeners) {
        super(pid);
        this.name = bundle;
        this.kind = ProcessKind.BUNDLE;
        this.parent = null;
        this.grace = Optional.empty();
        this.startLock = null;
        this.listeners = listeners;
    }

    ProcessKind kind() {
        return kind;
    }

    boolean isBundle() {
        return kind == ProcessKind.BUNDLE;
    }

    String name() {
        return name;
    }

    Optional<ProcessRecord> parent() {
        return Optional.ofNullable(parent);
    }

    Optional<Duration> grace() {
        return grace;
    }

    /** Held while a task or a command is started, so that an end either prevents it or sees what was started. */
    Object startLock() {
        return startLock;
    }

    /** Says that it waits for its turn; false if it is being ended already. To be followed by {@link #tell}. */
    boolean ready() {
        return advance(ProcessState.READY);
    }

    /** Tells listeners what they have not been told. Not to be called under a lock. */
    void tell() {
        listeners.changed(this);
    }

    /** Says that it runs; false if it is being ended already. */
    boolean run() {
        boolean moved = advance(ProcessState.RUNNING);
        if (moved) {
            tell();
        }
        return moved;
    }

    /** Moves to TERMINATING and refuses every acquisition from now on; true for the one caller that did it. */
    boolean beginEnd(EndCause why) {
        if (!close()) {
            return false;
        }
        // Release, as for ending: who reads them early finds that they are not there yet, and says so.
        CAUSE.setRelease(this, why);
        tell();
        return true;
    }

    /** Hands out the transitions of which listeners have not been told, in order. Under their lock. */
    void tellUntold(BiConsumer<ProcessInfo, ProcessState> taker) {
        takeUntold((state, before) -> taker.accept(info(state), before));
    }

    /** Remembers what ends it in time; not needed any more if it is ending. */
    void deadline(Future<?> timer) {
        deadline = timer;
        // Read after it was written (both volatile): pairs with wake(), which comes after the state has changed.
        if (isEnding()) {
            timer.cancel(false);
        }
    }

    /**
     * Sets how it ended, and wakes all that wait for that. Whatever goes wrong, even without memory, nobody waits in
     * vain, and nothing is kept that is not needed.
     *
     * @param whenEnded what is to be done before they are woken
     */
    void finish(ProcessEnd how, Runnable whenEnded) {
        end = how;
        advance(ProcessState.TERMINATED);
        try {
            tell();
        } finally {
            try {
                whenEnded.run();
            } finally {
                wake();
            }
        }
    }

    private void wake() {
        var timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        // After the change of state: who finds these gone finds the end (see endSoFar).
        if (execution != Execution.NONE) {
            execution = Execution.NONE;
        }
        ENDING.setRelease(this, null);
        // Read after the state was changed (both volatile): pairs with awaitEnd, which makes the latch and then reads
        // the state. Either it sees the end, or we see its latch.
        var latch = waiters;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** Waits for the end; empty if it has not come within {@code timeout}. */
    Optional<ProcessEnd> awaitEnd(Duration timeout) throws InterruptedException {
        if (finished() == null) {
            if (waiters == null) {
                WAITERS.compareAndSet(this, null, new CountDownLatch(1));
            }
            if (finished() == null) {
                waiters.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
            }
        }
        return howEnded();
    }

    /** How it ended, once it has. */
    Optional<ProcessEnd> howEnded() {
        return Optional.ofNullable(finished());
    }

    private ProcessEnd finished() {
        return isEnded() ? end : null;
    }

    /** How the end stands, for a caller that can't wait for it. */
    ProcessEnd endSoFar() {
        var progress = ending;
        var finished = finished();
        if (finished != null) {
            return finished;
        }
        var soFar = describeEnd(state(), progress == null ? CleanupResult.none(pid()) : progress.resultSoFar());
        // Looked at again: it may have finished while the description was put together, of which parts are gone then.
        finished = finished();
        return finished == null ? soFar : finished;
    }

    /** The record of its end, with the state that it is to show. */
    ProcessEnd describeEnd(ProcessState state, CleanupResult result) {
        var known = cause;
        // It follows the state by an instant; who looks in between finds the usual one.
        var why = known == null ? EndCause.of(EndReason.TERMINATED) : known;
        return new ProcessEnd(info(state), why.reason(), exitStatus(), result, why.by(), why.detail());
    }

    OptionalInt exitStatus() {
        return execution.exitStatus();
    }

    /** What runs, after a start in progress. */
    Execution execution() {
        if (startLock == null) {
            return Execution.NONE;
        }
        synchronized (startLock) {
            return execution;
        }
    }

    void execution(Execution running) {
        execution = running;
    }

    void ending(EndOfProcess progress) {
        ENDING.setRelease(this, progress);
    }

    /**
     * Takes a child, unless this process is ending: then it would be missed.
     *
     * @param check throws if there are to be no more than so many, which it is told; under the lock
     * @param enter makes the child known; under the lock, so that it is known before an end of this process finds it
     */
    synchronized boolean addChild(ProcessRecord child, LongConsumer check, Consumer<? super ProcessRecord> enter) {
        if (children == null) {
            children = new LinkedHashSet<>();
        }
        check.accept(children.size());
        children.add(child);
        // Read after the set was written (both volatile): pairs with children(), which is called after the state was
        // set and takes the lock only if there is a set.
        if (isEnding()) {
            children.remove(child);
            return false;
        }
        boolean entered = false;
        try {
            enter.accept(child);
            entered = true;
        } finally {
            if (!entered) {
                children.remove(child);
            }
        }
        return true;
    }

    void removeChild(ProcessRecord child) {
        synchronized (this) {
            children.remove(child);
        }
    }

    List<ProcessRecord> children() {
        if (children == null) {
            return List.of();
        }
        synchronized (this) {
            return List.copyOf(children);
        }
    }

    @Override
    public long childCount() {
        return children().size();
    }

    ProcessInfo info() {
        return info(state());
    }

    private ProcessInfo info(ProcessState state) {
        return new ProcessInfo(
                pid(),
                name,
                kind,
                state,
                parent == null ? OptionalLong.empty() : OptionalLong.of(parent.pid()),
                started,
                execution.osPid());
    }

    /** The process as it is, or as it was when it ended. */
    ProcessInfo latest() {
        return howEnded().map(ProcessEnd::process).orElseGet(this::info);
    }

    @Override
    public String toString() {
        return kind + " process " + pid() + " '" + name + "'";
    }
}
