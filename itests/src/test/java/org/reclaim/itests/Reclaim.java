package org.reclaim.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packed distribution as an operating-system process. Its output goes to files: a pipe would stay open as long as
 * anybody that it started lives, and a test that is to find such a leak would hang on it.
 */
final class Reclaim implements AutoCloseable {

    /** The distribution that the build has just made. */
    static final Path INSTALLATION = Path.of("..", "distribution", "target", "reclaim").toAbsolutePath().normalize();

    private static final long TIMEOUT_SECONDS = 300;

    private final Process process;
    private final Path out;
    private final Path err;

    /** What a finished run has left: its exit status and what it wrote. */
    record Result(int status, String out, String err) {}

    private Reclaim(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts the distribution; {@link #close} kills it if it is still there. */
    static Reclaim start(String... arguments) throws IOException {
        return start(INSTALLATION, arguments);
    }

    /** Starts a copy of the distribution. */
    static Reclaim start(Path installation, String... arguments) throws IOException {
        return start(List.of(), installation, arguments);
    }

    /** Starts it by another command, such as {@code env}. */
    static Reclaim start(List<String> prefix, Path installation, String... arguments) throws IOException {
        var command = new ArrayList<String>(prefix);
        command.add(installation.resolve("bin/reclaim").toString());
        command.addAll(Arrays.asList(arguments));
        return startProgram(command.toArray(String[]::new));
    }

    /** Starts any other program, such as a terminal to run it in. */
    static Reclaim startProgram(String... command) throws IOException {
        var out = Files.createTempFile("reclaim-test", ".out");
        var err = Files.createTempFile("reclaim-test", ".err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // What a platform without a home of its own leaves is not for the user who tests.
        builder.environment().put("XDG_STATE_HOME", Path.of("target", "state").toAbsolutePath().toString());
        return new Reclaim(builder.start(), out, err);
    }

    /** Runs it to its end, without input. */
    static Result run(String... arguments) throws Exception {
        return runWith("", arguments);
    }

    /** Runs it to its end, with an input. */
    static Result runWith(String input, String... arguments) throws Exception {
        try (var reclaim = start(arguments)) {
            reclaim.type(input);
            return reclaim.finish();
        }
    }

    /** A number that no other test of this machine uses, for the argument of a {@code sleep} that is to be found. */
    static String uniqueSeconds() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1_000_000, 1_000_000_000));
    }

    /** Whether a {@code sleep} of that many seconds is running. */
    static boolean isSleeping(String seconds) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .anyMatch(entry -> commandLine(entry).equals("sleep\0" + seconds + "\0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"));
        } catch (IOException e) {
            // It is gone.
            return "";
        }
    }

    /** Its pid; the start script becomes the JVM, so that is the JVM's. */
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to its standard output so far. */
    String out() throws IOException {
        return Files.readString(out);
    }

    /** Types something. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes());
        process.getOutputStream().flush();
    }

    /** Sends a signal, by its name without SIG. */
    void signal(String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill says " + status);
        }
    }

    /** Closes its input and waits for its end. */
    Result finish() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running after " + TIMEOUT_SECONDS + " s; wrote: " + out());
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }
}
