package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.reclaim.orchestrator.OrphanPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that was started, with all that belongs to it (see the package). Thread-safe.
 *
 * <p>A process that has ended but that nobody has waited for (a zombie) counts as gone: it holds nothing but its
 * number.
 */
public final class Command {

    private static final Logger LOG = LoggerFactory.getLogger(Command.class);

    /** How often to look for what a command has started already; only one that never stops forking needs more. */
    private static final int LOOKS = 10;

    /** How long the JDK may take to learn that its process has ended; longer only if a tracer holds it. */
    private static final long JDK_NOTICES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Commands commands;
    private final OsProcesses os;
    private final String name;
    private final Process process;
    private final ProcessFamily family;
    private final long since;

    /** Those to which KILL was sent. */
    private final Map<ProcessId, OsProcess> killed = new ConcurrentHashMap<>();

    /** Those that can't be signalled, to warn of each once. */
    private final Set<ProcessId> refusing = ConcurrentHashMap.newKeySet();

    private volatile boolean restKilled;

    Command(Commands commands, OsProcesses os, String name, Process process, ProcessFamily family, long since) {
        this.commands = commands;
        this.os = os;
        this.name = name;
        this.process = process;
        this.family = family;
        this.since = since;
    }

    /**
     * The operating system's number for it.
     *
     * @return from 1
     */
    public long osPid() {
        return process.pid();
    }

    /**
     * Waits until it exits.
     *
     * @return its exit status, 0 to 255, or 128 plus the number of the signal that ended it
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public int waitForExit() throws InterruptedException {
        return process.waitFor();
    }

    /**
     * Waits until it exits, for some time.
     *
     * @param limit how long to wait at most
     * @return whether it has exited
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit);
    }

    /**
     * Says whether it has exited.
     *
     * @return true from then on
     */
    public boolean isExited() {
        return !process.isAlive();
    }

    /**
     * How it ended.
     *
     * @return as {@link #waitForExit} returns it; empty while it runs
     */
    public OptionalInt exitStatus() {
        return isExited() ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /**
     * Asks the command, and all that belongs to it now, to end: TERM, and CONT to those that are stopped. Does not
     * wait. What belongs to it now is remembered, and so killed by {@link #killRest} if it outlives its parents.
     */
    public void terminate() {
        try {
            for (var member : family.look().living()) {
                send(member, Signal.TERM);
                if (member.state() == OsProcess.State.STOPPED) {
                    send(member, Signal.CONT);
                }
            }
        } catch (IOException e) {
            LOG.warn("{}: the process table can't be read, only the command itself is asked to end", this, e);
            process.toHandle().destroy();
        }
    }

    /**
     * Waits until the command and all that belongs to it are gone.
     *
     * @param limit how long to wait at most; with zero it looks once
     * @return whether they are
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    public boolean awaitGone(Duration limit) throws InterruptedException {
        var deadline = Deadline.in(limit);
        while (!isGone()) {
            if (deadline.isOver()) {
                return false;
            }
            deadline.pause();
        }
        return true;
    }

    /**
     * Kills the command and all that belongs to it, and waits until they are gone. All are stopped before the first is
     * killed, so that none can start another one meanwhile. May be called again, after an interruption or with
     * survivors: the report then counts from the first call.
     *
     * @param limit how long to go on at most; with zero it kills once, and does not wait
     * @return what was killed, and what is left
     * @throws InterruptedException if the calling thread is interrupted while it waits; some processes may be stopped
     *                              then, and are to be killed by another call
     */
    public KillReport killRest(Duration limit) throws InterruptedException {
        var deadline = Deadline.in(limit);
        restKilled = true;
        var survivors = killOnce(deadline);
        while (!survivors.isEmpty() && !deadline.isOver()) {
            deadline.pause();
            survivors = killOnce(deadline);
        }
        if (survivors.isEmpty()) {
            process.waitFor(Math.min(JDK_NOTICES_NANOS, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        }
        var suspects = commands.suspects(since, deadline);
        if (survivors.isEmpty()) {
            commands.over(this);
        }
        return report(suspects, survivors);
    }

    /** Sets how nice it is, with what it has started so far; what it starts later inherits it. */
    void setNice(int nice) {
        try {
            var done = new HashSet<ProcessId>();
            boolean grown = true;
            // What was started between a look and the change is found by the next look; what is started later inherits.
            for (int look = 0; grown && look < LOOKS; look++) {
                grown = false;
                for (var member : family.look().living()) {
                    if (done.add(member.id())) {
                        os.setNice(member.id(), nice);
                        grown = true;
                    }
                }
            }
        } catch (IOException e) {
            // Less nice than the JVM is a privilege.
            LOG.debug("{}: it can't be made {} nice, and stays as it is", this, nice, e);
        }
    }

    ProcessFamily family() {
        return family;
    }

    boolean isOf(Commands other) {
        return commands == other;
    }

    OrphanPolicy policy() {
        return commands.policy();
    }

    /** Whether it was ended, and nothing that was seen of it is left. */
    boolean isOver() {
        return restKilled && !seemsAlive();
    }

    /** Whether anything that was seen of it is left, as far as that can be told. */
    boolean seemsAlive() {
        try {
            return family.seemsAlive();
        } catch (IOException e) {
            LOG.debug("{}: the process table can't be read", this, e);
            return true;
        }
    }

    @Override
    public String toString() {
        return name + " (pid " + osPid() + ")";
    }

    private boolean isGone() {
        try {
            return family.look().nothingLeft() && isExited();
        } catch (IOException e) {
            LOG.debug("{}: the process table can't be read; trying again", this, e);
            return false;
        }
    }

    /** Stops, then kills what is there; returns, as reports name it, what was not gone yet before that. */
    private List<String> killOnce(Deadline deadline) {
        try {
            var look = freeze(deadline);
            for (var member : look.living()) {
                if (!killed.containsKey(member.id()) && send(member, Signal.KILL)) {
                    killed.put(member.id(), member);
                }
            }
            if (look.living().isEmpty() && !look.complete()) {
                return List.of("processes that come and go faster than they can be found");
            }
            return look.living().stream().map(OsProcess::describe).toList();
        } catch (IOException e) {
            LOG.debug("{}: the process table can't be read; trying again", this, e);
            return List.of("unknown: " + e.getMessage());
        }
    }

    /** Stops what is there until a look shows nothing that was not stopped before the look began. */
    private ProcessFamily.Look freeze(Deadline deadline) throws IOException {
        var stopped = new HashSet<>(killed.keySet());
        while (true) {
            var look = family.look();
            boolean grown = false;
            for (var member : look.living()) {
                if (stopped.add(member.id())) {
                    send(member, Signal.STOP);
                    grown = true;
                }
            }
            if (!grown || deadline.isOver()) {
                return look;
            }
        }
    }

    private boolean send(OsProcess member, Signal signal) {
        try {
            return os.send(member.id(), signal);
        } catch (IOException e) {
            if (refusing.add(member.id())) {
                LOG.warn("{}: {} can't be sent to {}", this, signal, member.describe(), e);
            }
            return false;
        }
    }

    private KillReport report(List<String> suspects, List<String> survivors) {
        var names = killed.values().stream()
                .filter(process -> !family.isCommand(process.id()))
                .sorted(Comparator.comparingLong(process -> process.id().pid()))
                .map(OsProcess::describe)
                .filter(described -> !survivors.contains(described))
                .toList();
        return new KillReport(names.size(), names, suspects, survivors);
    }
}
