package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessScheduler;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.api.WaitingProcess;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.schedule.RunQueue;
import org.reclaim.orchestrator.internal.schedule.Ticket;
import org.reclaim.orchestrator.internal.table.Owners;

/**
 * Gives places to processes: a lock around a {@link RunQueue}. Whatever frees a place hands it on under the same lock,
 * so nobody waits while there is one. What got a place is started after the lock was let go of, by the thread that
 * freed the place; that never waits, see {@link ProcessStart#begin}.
 */
final class Scheduler implements ProcessScheduler {

    /** What becomes of a process that asks for a place. */
    enum Admission {
        /** It has one: the caller starts it. */
        PLACE,
        /** It waits, and is started when its turn comes. */
        WAITS,
        /** It is being ended. */
        ENDED
    }

    /** The rules for priorities and groups are those of a spec. */
    private static final ProcessSpec RULES = ProcessSpec.logical("rules");

    private final Owners owners;
    private final Supplier<Settings> settings;
    private final Consumer<Consumer<SettingsBuilder>> change;
    private final RunQueue queue;
    private final Map<Long, ProcessStart> starts = new HashMap<>();
    private long arrivals;
    private boolean closed;

    /**
     * Nothing runs.
     *
     * @param owners   the processes
     * @param settings places and policy, as they are at the moment
     * @param change   changes settings, and then calls {@link #settingsChanged}
     */
    Scheduler(Owners owners, Supplier<Settings> settings, Consumer<Consumer<SettingsBuilder>> change) {
        this.owners = owners;
        this.settings = settings;
        this.change = change;
        queue = new RunQueue(settings.get().scheduler());
    }

    /** Takes a place for a process that is to run, or lets it wait for one. */
    Admission admit(ProcessStart start, ProcessSpec spec) {
        var admission = admitUntold(start, spec);
        start.process().tell();
        return admission;
    }

    private synchronized Admission admitUntold(ProcessStart start, ProcessSpec spec) {
        var process = start.process();
        boolean waits = !queue.hasRoom() || queue.waiting() > 0 || closed;
        if (waits && !process.ready()) {
            return Admission.ENDED;
        }
        queue.add(new Ticket(process.pid(), spec.priority(), spec.group(), System.nanoTime(), arrivals++));
        if (waits) {
            starts.put(process.pid(), start);
        } else {
            queue.next();
        }
        // Read after it was entered: pairs with leave(), which is called after the state was set to ending. Either it
        // finds this, or we see that.
        if (process.isEnding()) {
            starts.remove(process.pid());
            queue.remove(process.pid());
            return Admission.ENDED;
        }
        return waits ? Admission.WAITS : Admission.PLACE;
    }

    /** Takes what waits out of the queue, because it is being ended. What has a place keeps it. */
    void withdraw(ProcessRecord process) {
        if (needsPlace(process.kind())) {
            withdrawIfWaiting(process);
        }
    }

    private synchronized void withdrawIfWaiting(ProcessRecord process) {
        if (starts.remove(process.pid()) != null) {
            queue.remove(process.pid());
        }
    }

    /** Takes those of them that wait out of the queue at once: no end of one is to start another one. */
    synchronized void withdrawAll(Collection<ProcessRecord> processes) {
        processes.forEach(this::withdraw);
    }

    /** Takes a process whose end has come so far out of the queue, or gives its place to the next one. */
    void leave(ProcessRecord process) {
        if (needsPlace(process.kind())) {
            begin(() -> {
                starts.remove(process.pid());
                queue.remove(process.pid());
            });
        }
    }

    /** Takes the present settings. */
    void settingsChanged() {
        begin(() -> queue.change(settings.get().scheduler()));
    }

    /** Starts nothing any more. */
    synchronized void close() {
        closed = true;
    }

    private static boolean needsPlace(ProcessKind kind) {
        return kind == ProcessKind.TASK || kind == ProcessKind.COMMAND;
    }

    /** Changes the queue, and starts all for which there is room then. */
    private void begin(Runnable changeOfQueue) {
        var granted = new ArrayList<ProcessStart>();
        var priorities = new ArrayList<Integer>();
        synchronized (this) {
            changeOfQueue.run();
            if (!closed) {
                for (var next = queue.next(); next.isPresent(); next = queue.next()) {
                    granted.add(starts.remove(next.get().pid()));
                    priorities.add(next.get().priority());
                }
            }
        }
        for (int i = 0; i < granted.size(); i++) {
            granted.get(i).begin(priorities.get(i));
        }
    }

    @Override
    public int places() {
        return settings.get().scheduler().places();
    }

    @Override
    public void setPlaces(int places) {
        change.accept(changed -> changed.places(places));
    }

    @Override
    public SchedulingPolicy policy() {
        return settings.get().scheduler().policy();
    }

    @Override
    public void setPolicy(SchedulingPolicy policy) {
        change.accept(changed -> changed.policy(policy));
    }

    @Override
    public synchronized int running() {
        return queue.running();
    }

    @Override
    public List<WaitingProcess> queue() {
        RunQueue copy;
        long now;
        synchronized (this) {
            copy = queue.copy();
            now = System.nanoTime();
        }
        var found = new ArrayList<WaitingProcess>();
        for (var ticket : copy.drain()) {
            if (owners.find(ticket.pid()) instanceof ProcessRecord process) {
                var info = process.info();
                var waited = Duration.ofNanos(now - ticket.since());
                if (info.state() == ProcessState.READY) { // else it was started or ended meanwhile
                    found.add(new WaitingProcess(info, ticket.priority(), ticket.group(), waited));
                }
            }
        }
        return found;
    }

    @Override
    public synchronized void setPriority(long pid, int priority) {
        int valid = RULES.withPriority(priority).priority();
        queue.replace(waiting(pid).withPriority(valid));
    }

    @Override
    public synchronized void setGroup(long pid, String group) {
        var valid = RULES.withGroup(group).group();
        queue.replace(waiting(pid).withGroup(valid));
    }

    private Ticket waiting(long pid) {
        return queue.waiting(pid).orElseThrow(() -> owners.isIssued(pid)
                ? new IllegalStateException("Process " + pid + " does not wait for a place: " + whatItDoes(pid))
                : new NoSuchProcessException(pid));
    }

    private String whatItDoes(long pid) {
        return owners.find(pid) instanceof ProcessRecord process
                ? "it is a " + process.kind() + " and " + process.state()
                : "it has ended";
    }
}
