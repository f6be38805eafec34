package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reclaim.api.ProcessInfo;
import org.reclaim.orchestrator.internal.Settings;

/** The stop of the platform: from then on there are no new processes, and all ends share one deadline. */
final class Stop {

    private final Enders enders;
    private final Consumer<ProcessRecord> end;
    private final Scheduler scheduler;
    private final Supplier<Settings> settings;
    private volatile boolean begun;

    /** When all has to be done; valid once it has begun. Written before that is. */
    private volatile long deadline;

    /**
     * Not begun.
     *
     * @param enders    threads
     * @param end       ends a process and waits
     * @param scheduler starts nothing any more once it has begun
     * @param settings  how long all may take: as it is when it begins
     */
    Stop(Enders enders, Consumer<ProcessRecord> end, Scheduler scheduler, Supplier<Settings> settings) {
        this.enders = enders;
        this.end = end;
        this.scheduler = scheduler;
        this.settings = settings;
    }

    /** Begins it, unless it has. */
    synchronized void begin() {
        if (!begun) {
            deadline = inTime();
            begun = true;
            scheduler.close();
        }
    }

    boolean hasBegun() {
        return begun;
    }

    void requireNotBegun() {
        if (begun) {
            throw new IllegalStateException("The platform is stopping: no process can be started");
        }
    }

    private long inTime() {
        return System.nanoTime() + settings.get().stopDeadline().toNanos();
    }

    /**
     * Ends processes, several at a time, within the deadline: that of the stop, or a fresh one if it has not begun.
     *
     * @return those whose end is not done by then; it goes on
     */
    List<ProcessInfo> endAll(Collection<ProcessRecord> all) {
        long until = begun ? deadline : inTime();
        scheduler.withdrawAll(all);
        // A child ends with its parent. That of a bundle need not wait for it: not all processes of bundles are ended.
        var roots = all.stream().filter(process -> process.parent().filter(p -> !p.isBundle()).isEmpty()).toList();
        enders.endAll(roots, end);
        all.forEach(process -> await(process, until));
        return all.stream().filter(process -> process.howEnded().isEmpty()).map(ProcessRecord::info).toList();
    }

    /** Waits for an end until the deadline of the stop, which has begun. */
    void await(ProcessRecord process) {
        await(process, deadline);
    }

    private static void await(ProcessRecord process, long until) {
        try {
            process.awaitEnd(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // who stops the platform is in a hurry: what is not done is listed
        }
    }
}
