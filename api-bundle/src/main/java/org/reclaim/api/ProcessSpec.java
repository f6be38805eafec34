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

    private static final Runnable NO_TASK = () -> {};
    private static final Preparation NO_PREPARATION = pid -> Map.of();
    private static final Duration MAX_GRACE = Duration.ofDays(1);

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

    private ProcessSpec(ProcessKind kind, String name, Runnable task, List<String> command) {
        if (name.isBlank() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("name is '" + printable(name) + "', must be 1 to " + MAX_NAME_LENGTH
                    + " characters, not blank, without control characters");
        }
        this.kind = kind;
        this.name = name;
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
        requireNoNul("command", words);
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
        if (duration.isNegative() || duration.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException("grace is " + duration + ", must be from PT0S to " + MAX_GRACE);
        }
        var copy = new ProcessSpec(this);
        copy.grace = Optional.of(duration);
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
        copy.environment.keySet().forEach(key -> {
            if (key.isEmpty() || key.indexOf('=') >= 0) {
                throw new IllegalArgumentException(
                        "environment has the name '" + printable(key) + "', must not be empty or contain '='");
            }
        });
        requireNoNul("environment", copy.environment.keySet());
        requireNoNul("environment", copy.environment.values());
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
        for (var redirect : List.of(stdin, stdout, stderr)) {
            if (redirect.type() == Redirect.Type.PIPE) {
                throw new IllegalArgumentException("a PIPE is not taken; redirect to a file, INHERIT or DISCARD");
            }
        }
        if (stdin.type() == Redirect.Type.APPEND
                || stdin.type() == Redirect.Type.WRITE && !stdin.equals(Redirect.DISCARD)) {
            throw new IllegalArgumentException("stdin is " + stdin + ", must be read from something");
        }
        if (stdout.type() == Redirect.Type.READ || stderr.type() == Redirect.Type.READ) {
            throw new IllegalArgumentException("stdout or stderr reads, must be written to something");
        }
        var copy = new ProcessSpec(this);
        copy.input = stdin;
        copy.output = stdout;
        copy.error = stderr;
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

    @Override
    public String toString() {
        return kind + " '" + name + "'";
    }

    private static void requireNoNul(String what, Iterable<String> words) {
        for (var word : words) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(what + " has a NUL character in '" + printable(word) + "'");
            }
        }
    }

    /** Bad input is quoted in full up to a bound, with what a terminal would act on made visible. */
    private static String printable(String text) {
        var head = text.length() > MAX_NAME_LENGTH ? text.substring(0, MAX_NAME_LENGTH) + "..." : text;
        return head.replaceAll("\\p{Cntrl}", "?");
    }
}
