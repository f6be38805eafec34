package org.reclaim.api;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to start. Immutable: each {@code with} method returns a changed copy.
 *
 * <pre>{@code
 * processes.start(ProcessSpec.command("backup", "tar", "-cf", "all.tar", ".").withGrace(Duration.ofSeconds(30)));
 * }</pre>
 */
public final class ProcessSpec {

    /** The longest name, in characters. */
    public static final int MAX_NAME_LENGTH = 200;

    /** The priority of what says nothing else. */
    public static final int DEFAULT_PRIORITY = 50;

    /** The highest priority. */
    public static final int MAX_PRIORITY = 100;

    /** The group of what says nothing else. */
    public static final String DEFAULT_GROUP = "default";

    private static final Runnable NO_TASK = () -> {};
    private static final Preparation NO_PREPARATION = pid -> Map.of();

    private final ProcessKind kind;
    private final String name;
    private final Runnable task;
    private final List<String> command;
    private OptionalLong parent = OptionalLong.empty();
    private Optional<Duration> grace = Optional.empty();
    private Preparation preparation = NO_PREPARATION;
    private Map<String, String> environment = Map.of();
    private Optional<Path> directory = Optional.empty();
    private Redirect input = Redirect.DISCARD;
    private Redirect output = Redirect.DISCARD;
    private Redirect error = Redirect.DISCARD;
    private int priority = DEFAULT_PRIORITY;
    private String group = DEFAULT_GROUP;
    private Optional<Duration> maxRunTime = Optional.empty();
    private ProcessLimits limits = ProcessLimits.NONE;

    private ProcessSpec(ProcessKind kind, String name, Runnable task, List<String> command) {
        this.kind = kind;
        this.name = SpecChecks.requireName("name", name);
        this.task = Objects.requireNonNull(task, "task");
        this.command = command;
    }

    private ProcessSpec(ProcessSpec other) {
        kind = other.kind;
        name = other.name;
        task = other.task;
        command = other.command;
        parent = other.parent;
        grace = other.grace;
        preparation = other.preparation;
        environment = other.environment;
        directory = other.directory;
        input = other.input;
        output = other.output;
        error = other.error;
        priority = other.priority;
        group = other.group;
        maxRunTime = other.maxRunTime;
        limits = other.limits;
    }

    /**
     * A process that somebody starts and terminates.
     *
     * @param name for people; 1 to {@value #MAX_NAME_LENGTH} characters, no control characters
     * @return the spec
     */
    public static ProcessSpec logical(String name) {
        return new ProcessSpec(ProcessKind.LOGICAL, name, NO_TASK, List.of());
    }

    /**
     * A process that runs {@code task} on a thread of its own, inside {@link CurrentProcess}, and ends when it
     * returns. When the process is ended first, the thread is interrupted.
     *
     * @param name for people, as for {@link #logical}
     * @param task what to run
     * @return the spec
     */
    public static ProcessSpec task(String name, Runnable task) {
        return new ProcessSpec(ProcessKind.TASK, name, task, List.of());
    }

    /**
     * A process that runs an operating-system command and ends when it exits. Its input is empty and its output is
     * discarded unless {@link #withIo} says otherwise.
     *
     * @param name    for people, as for {@link #logical}
     * @param command the program and its arguments; at least the program, no NUL characters
     * @return the spec
     */
    public static ProcessSpec command(String name, List<String> command) {
        var words = List.copyOf(command);
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw new IllegalArgumentException("command is " + words + ", must name a program");
        }
        SpecChecks.requireNoNul("command", words);
        return new ProcessSpec(ProcessKind.COMMAND, name, NO_TASK, words);
    }

    /**
     * As {@link #command(String, List)}.
     *
     * @param name    for people
     * @param command the program and its arguments
     * @return the spec
     */
    public static ProcessSpec command(String name, String... command) {
        return command(name, List.of(command));
    }

    /**
     * Makes it the child of a process: it ends before that one ends.
     *
     * @param pid the parent, from 1
     * @return a changed copy
     */
    public ProcessSpec withParent(long pid) {
        if (pid < 1) {
            throw new IllegalArgumentException("parent is " + pid + ", must be 1 or more");
        }
        var copy = new ProcessSpec(this);
        copy.parent = OptionalLong.of(pid);
        return copy;
    }

    /**
     * Sets how long a task or a command may take to stop after it was asked to. Without it the platform's default
     * counts.
     *
     * @param duration from zero to one day
     * @return a changed copy
     */
    public ProcessSpec withGrace(Duration duration) {
        var copy = new ProcessSpec(this);
        copy.grace = Optional.of(SpecChecks.requireGrace(duration));
        return copy;
    }

    /**
     * Sets what is acquired before anything runs.
     *
     * @param step called once per start
     * @return a changed copy
     */
    public ProcessSpec withPreparation(Preparation step) {
        var copy = new ProcessSpec(this);
        copy.preparation = Objects.requireNonNull(step, "preparation");
        return copy;
    }

    /**
     * Sets variables that a command gets in addition to those of the JVM. Those of the preparation win.
     *
     * @param variables names without {@code =}, not empty; no NUL characters
     * @return a changed copy
     */
    public ProcessSpec withEnvironment(Map<String, String> variables) {
        var copy = new ProcessSpec(this);
        copy.environment = Map.copyOf(variables);
        SpecChecks.requireEnvironment(copy.environment);
        return copy;
    }

    /**
     * Sets a command's working folder; otherwise the JVM's.
     *
     * @param folder an existing folder; checked when the command starts
     * @return a changed copy
     */
    public ProcessSpec withDirectory(Path folder) {
        var copy = new ProcessSpec(this);
        copy.directory = Optional.of(folder);
        return copy;
    }

    /**
     * Sets a command's standard streams. Pipes are not taken, because nobody would empty them.
     *
     * @param stdin  {@link Redirect#DISCARD} for an empty input, {@link Redirect#INHERIT}, or from a file
     * @param stdout {@link Redirect#DISCARD}, {@link Redirect#INHERIT}, or to a file
     * @param stderr the same
     * @return a changed copy
     */
    public ProcessSpec withIo(Redirect stdin, Redirect stdout, Redirect stderr) {
        SpecChecks.requireStreams(stdin, stdout, stderr);
        var copy = new ProcessSpec(this);
        copy.input = stdin;
        copy.output = stdout;
        copy.error = stderr;
        return copy;
    }

    /**
     * Sets how soon a task or a command gets a place, where places are limited, and how much of the processors a
     * command gets beside others: see {@link ProcessScheduler}. Without it, {@value #DEFAULT_PRIORITY}.
     *
     * @param value from 0 to {@value #MAX_PRIORITY}, the most urgent
     * @return a changed copy
     */
    public ProcessSpec withPriority(int value) {
        var copy = new ProcessSpec(this);
        copy.priority = SpecChecks.requirePriority(value);
        return copy;
    }

    /**
     * Sets the group in which a task or a command waits for a place, if the policy is {@link SchedulingPolicy#FAIR}.
     * Without it, {@value #DEFAULT_GROUP}.
     *
     * @param value a name, as for {@link #logical}
     * @return a changed copy
     */
    public ProcessSpec withGroup(String value) {
        var copy = new ProcessSpec(this);
        copy.group = SpecChecks.requireName("group", value);
        return copy;
    }

    /**
     * Sets how long it may run; then it is ended, with the reason {@link EndReason#DEADLINE}. Time that it waits for a
     * place does not count. Without it there is no bound.
     *
     * @param duration more than zero, at most 3650 days
     * @return a changed copy
     */
    public ProcessSpec withMaxRunTime(Duration duration) {
        var copy = new ProcessSpec(this);
        copy.maxRunTime = Optional.of(SpecChecks.requireRunTime(duration));
        return copy;
    }

    /**
     * Sets what it may hold, together with everything below it. The limits of the platform and of its parents count,
     * too.
     *
     * @param value the limits
     * @return a changed copy
     */
    public ProcessSpec withLimits(ProcessLimits value) {
        var copy = new ProcessSpec(this);
        copy.limits = Objects.requireNonNull(value, "limits");
        return copy;
    }

    /** What stands behind the process. */
    public ProcessKind kind() {
        return kind;
    }

    /** Its name for people. */
    public String name() {
        return name;
    }

    /** What a TASK runs; for other kinds something that does nothing. */
    public Runnable task() {
        return task;
    }

    /** Program and arguments of a COMMAND; empty for other kinds. */
    public List<String> command() {
        return command;
    }

    /** The process that it ends with. */
    public OptionalLong parent() {
        return parent;
    }

    /** How long it may take to stop; empty for the platform's default. */
    public Optional<Duration> grace() {
        return grace;
    }

    /** What is acquired first. */
    public Preparation preparation() {
        return preparation;
    }

    /** A command's additional variables. */
    public Map<String, String> environment() {
        return environment;
    }

    /** A command's working folder; empty for the JVM's. */
    public Optional<Path> directory() {
        return directory;
    }

    /** A command's standard input; {@link Redirect#DISCARD} means empty. */
    public Redirect input() {
        return input;
    }

    /** A command's standard output. */
    public Redirect output() {
        return output;
    }

    /** A command's standard error. */
    public Redirect error() {
        return error;
    }

    /** How urgent it is, from 0 to {@value #MAX_PRIORITY}. */
    public int priority() {
        return priority;
    }

    /** The group in which it waits. */
    public String group() {
        return group;
    }

    /** How long it may run; empty for no bound. */
    public Optional<Duration> maxRunTime() {
        return maxRunTime;
    }

    /** What it may hold, together with everything below it. */
    public ProcessLimits limits() {
        return limits;
    }

    @Override
    public String toString() {
        return kind + " '" + name + "'";
    }
}
