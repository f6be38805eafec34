package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.reclaim.api.ProcessSpec;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.syscalls.ProcessCalls.Children;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts operating-system commands. Thread-safe.
 *
 * <p>Adopting orphans and having children are matters of the JVM, not of an object in it, so what runs is known to all
 * instances together.
 */
public final class Commands implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    /** Commands that were started and are not over, of all instances. */
    private static final Set<Command> RUNNING = ConcurrentHashMap.newKeySet();

    /**
     * Held for reading from before a process is started until it is in {@link #RUNNING}; for writing by who must not
     * see a child of the JVM in between, when it looks like an orphan.
     */
    private static final ReadWriteLock STARTS = new ReentrantReadWriteLock();

    private final OsProcesses os;
    private final OrphanPolicy policy;
    private final Adoption adoption;
    private volatile boolean closed;

    /**
     * Prepares the JVM for commands; unless {@code policy} says otherwise it becomes a child subreaper.
     *
     * @param policy what happens to orphans
     * @throws IllegalStateException if the system refuses to let the JVM adopt orphans
     */
    public Commands(OrphanPolicy policy) {
        this(policy, OsProcesses.ofThisSystem());
    }

    Commands(OrphanPolicy policy, OsProcesses os) {
        this.os = os;
        this.policy = policy;
        adoption = policy == OrphanPolicy.IGNORE ? Adoption.none(os) : Adoption.begin(os, Commands::isRunning);
    }

    /**
     * Starts a command.
     *
     * @param pid         the process that it runs for, for messages
     * @param spec        program, arguments, working folder, streams and variables
     * @param environment further variables; they win over those of {@code spec}, and those over the JVM's
     * @return the command, running
     * @throws IOException              if it can't be executed ({@link #exitStatusFor} tells why), or if the policy
     *                                  does not admit a second command now
     * @throws IllegalArgumentException if {@code environment} has a name or value that no environment can have
     * @throws IllegalStateException    if this was closed
     */
    public Command start(long pid, ProcessSpec spec, Map<String, String> environment) throws IOException {
        var builder = builder(spec, environment);
        var lock = policy == OrphanPolicy.KILL ? STARTS.writeLock() : STARTS.readLock();
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("Commands can't be started any more: the platform is stopping");
            }
            refuseCompany();
            adoption.beginReaping();
            long since = os.now();
            var process = launch(builder, spec);
            var command = command("Process " + pid + " '" + spec.name() + "'", process, since);
            RUNNING.add(command);
            Niceness.of(os, spec.priority()).ifPresent(command::setNice);
            return command;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The exit status by which a shell would say that a command could not be started.
     *
     * @param failure what {@link #start} threw
     * @return 127 if the program is missing, 126 if it is there and can't be executed, and for all else
     */
    public static int exitStatusFor(IOException failure) {
        return failure instanceof CommandStartException refused
                ? refused.exitStatus()
                : CommandStartException.CANNOT_EXECUTE;
    }

    /** Ends the adoption of orphans. Commands that still run go on, and are nobody's. */
    @Override
    public void close() {
        STARTS.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            RUNNING.removeIf(command -> command.isOf(this) && forget(command));
        } finally {
            STARTS.writeLock().unlock();
        }
        adoption.close();
    }

    /** What the JVM has adopted since a command was started, and no command claims. Only where that is to be told. */
    List<String> suspects(long since, Deadline deadline) throws InterruptedException {
        if (policy != OrphanPolicy.REPORT) {
            return List.of();
        }
        // Late is better than never: without the lock a command that is just being started may be among them.
        boolean locked = STARTS.writeLock().tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        try {
            if (os.children() == Children.NONE) {
                return List.of();
            }
            return os.all().stream()
                    .filter(p -> p.parent() == os.self() && !p.isGone() && p.id().start() >= since)
                    .filter(p -> RUNNING.stream().noneMatch(command -> command.family().knows(p.id())))
                    .map(OsProcess::describe)
                    .toList();
        } catch (IOException e) {
            LOG.warn("Can't tell which orphans a command may have left behind", e);
            return List.of();
        } finally {
            if (locked) {
                STARTS.writeLock().unlock();
            }
        }
    }

    /** A command has ended, and nothing is left of it. */
    void over(Command command) {
        RUNNING.remove(command);
    }

    private static boolean isRunning(ProcessId id) {
        return RUNNING.stream().anyMatch(command -> command.family().isCommand(id));
    }

    private static boolean forget(Command command) {
        if (command.seemsAlive()) {
            LOG.warn("{} is left alone: it was not ended before the platform stopped", command);
        }
        return true;
    }

    /** Where every orphan is killed, no other command may be there whose it could be. */
    private void refuseCompany() throws IOException {
        RUNNING.removeIf(Command::isOver);
        var other = RUNNING.stream()
                .filter(command -> policy == OrphanPolicy.KILL || command.policy() == OrphanPolicy.KILL)
                .findAny();
        if (other.isPresent()) {
            throw new CommandStartException("Refused: " + other.get() + " runs, and where orphans are killed ("
                    + OrphanPolicy.KILL + ") only one command may run at a time");
        }
    }

    private Command command(String name, Process process, long since) throws IOException {
        try {
            boolean ownsOrphans = policy == OrphanPolicy.KILL && os.canAdopt();
            return new Command(this, os, name, process, new ProcessFamily(os, process, ownsOrphans, since), since);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    OrphanPolicy policy() {
        return policy;
    }

    private static Process launch(ProcessBuilder builder, ProcessSpec spec) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw CommandStartException.of(spec, e);
        }
    }

    private static ProcessBuilder builder(ProcessSpec spec, Map<String, String> environment) {
        var builder = new ProcessBuilder(spec.command());
        spec.directory().ifPresent(directory -> builder.directory(directory.toFile()));
        builder.environment().putAll(spec.environment());
        builder.environment().putAll(environment);
        // Nothing can be read from DISCARD itself; its file is always empty.
        builder.redirectInput(
                spec.input().equals(Redirect.DISCARD) ? Redirect.from(Redirect.DISCARD.file()) : spec.input());
        return builder.redirectOutput(spec.output()).redirectError(spec.error());
    }
}
