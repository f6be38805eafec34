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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.table.Owner;

/** A process that has not ended, or that still holds something. */
final class ProcessRecord extends Owner {

    private static final VarHandle STATE;
    private static final VarHandle WAITERS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(ProcessRecord.class, "state", ProcessState.class);
            WAITERS = lookup.findVarHandle(ProcessRecord.class, "waiters", CountDownLatch.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final ProcessKind kind;
    private final ProcessRecord parent;
    private final Optional<Duration> grace;
    private final Object startLock = new Object();
    private final Instant started = Instant.now();
    private volatile ProcessState state = ProcessState.CREATED;

    /** Written by the thread that moved the state to TERMINATING, before it does anything else of the end. */
    private volatile EndReason reason;

    private volatile Execution execution = Execution.NONE;
    private volatile EndOfProcess ending;
    private volatile ProcessEnd end;

    /** Made by the first that waits. */
    private volatile CountDownLatch waiters;

    /** Made by the first child; under the lock. */
    private volatile Set<ProcessRecord> children;

    ProcessRecord(long pid, ProcessSpec spec, ProcessRecord parent) {
        this(pid, spec.name(), spec.kind(), parent, spec.grace());
    }

    /** The process of a bundle, which nobody specifies. */
    static ProcessRecord ofBundle(long pid, String name) {
        return new ProcessRecord(pid, name, ProcessKind.BUNDLE, null, Optional.empty());
    }

    private ProcessRecord(long pid, String name, ProcessKind kind, ProcessRecord parent, Optional<Duration> grace) {
        super(pid);
        this.name = name;
        this.kind = kind;
        this.parent = parent;
        this.grace = grace;
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

    /** Held while what runs is started, so that an end either prevents the start or sees what was started. */
    Object startLock() {
        return startLock;
    }

    boolean isEnding() {
        return state.compareTo(ProcessState.TERMINATING) >= 0;
    }

    /** Moves CREATED to RUNNING; false if it is being ended already. */
    boolean run() {
        return STATE.compareAndSet(this, ProcessState.CREATED, ProcessState.RUNNING);
    }

    /** Moves to TERMINATING and refuses every acquisition from now on; true for the one caller that did it. */
    boolean beginEnd(EndReason why) {
        // A loop: it may move from CREATED to RUNNING between the look and the attempt. Who is told "no" here waits for
        // the end of somebody else, so there must be one.
        for (var now = state; now.compareTo(ProcessState.TERMINATING) < 0; now = state) {
            if (STATE.compareAndSet(this, now, ProcessState.TERMINATING)) {
                reason = why;
                close();
                return true;
            }
        }
        return false;
    }

    /** Sets how it ended and wakes all that wait for it. */
    void finish(ProcessEnd how) {
        end = how;
        state = ProcessState.TERMINATED;
        // After the end was written: who finds these gone finds the end (see endSoFar).
        execution = Execution.NONE;
        ending = null;
        // Read after the end was written (both volatile): pairs with awaitEnd, which makes the latch and then reads
        // the end. Either it sees the end, or we see its latch.
        var latch = waiters;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** Waits for the end; empty if it has not come within {@code timeout}. */
    Optional<ProcessEnd> awaitEnd(Duration timeout) throws InterruptedException {
        if (end == null) {
            if (waiters == null) {
                WAITERS.compareAndSet(this, null, new CountDownLatch(1));
            }
            if (end == null) {
                waiters.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
            }
        }
        return Optional.ofNullable(end);
    }

    /** How it ended, once it has. */
    Optional<ProcessEnd> howEnded() {
        return Optional.ofNullable(end);
    }

    /** How the end stands, for a caller that can't wait for it. */
    ProcessEnd endSoFar() {
        var progress = ending;
        var soFar = describeEnd(progress == null ? CleanupResult.none(pid()) : progress.resultSoFar());
        // Looked at last: it may have finished while the description was put together, of which parts are gone then.
        var finished = end;
        return finished == null ? soFar : finished;
    }

    /** The record of its end. */
    ProcessEnd describeEnd(CleanupResult result) {
        var why = reason;
        // The reason follows the state by an instant; who looks in between finds the usual one.
        return new ProcessEnd(info(), why == null ? EndReason.TERMINATED : why, exitStatus(), result);
    }

    OptionalInt exitStatus() {
        return execution.exitStatus();
    }

    /** What runs, after a start in progress. */
    Execution execution() {
        if (kind == ProcessKind.LOGICAL || kind == ProcessKind.BUNDLE) {
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
        ending = progress;
    }

    /**
     * Takes a child, unless this process is ending: then it would be missed.
     *
     * @param enter makes the child known; under the lock, so that it is known before an end of this process finds it
     */
    synchronized boolean addChild(ProcessRecord child, Consumer<? super ProcessRecord> enter) {
        if (children == null) {
            children = new LinkedHashSet<>();
        }
        children.add(child);
        // Read after the set was written (both volatile): pairs with children(), which is called after the state was
        // set and takes the lock only if there is a set.
        if (isEnding()) {
            children.remove(child);
            return false;
        }
        enter.accept(child);
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

    ProcessInfo info() {
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
