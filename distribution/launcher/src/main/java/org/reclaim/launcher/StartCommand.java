package org.reclaim.launcher;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code reclaim start}: a platform in the background, with nothing of this program's but its environment. Returns when
 * it is ready, or says why it is not; then nothing is left of it.
 */
final class StartCommand {
    /** Framework property: how long the platform may take until it is ready, in milliseconds. */
    static final String DEADLINE = "reclaim.start.deadline.millis";

    /** Beyond what the platform itself waits for. */
    private static final long TERMINATE_MILLIS = 5_000;

    private final Installation installation;
    private final Home home;
    private final ConsoleLog log;
    private final PrintStream out;
    private final PrintStream err;

    private StartCommand(Installation installation, Home home, ConsoleLog log, PrintStream out, PrintStream err) {
        this.installation = installation;
        this.home = home;
        this.log = log;
        this.out = out;
        this.err = err;
    }

    /** The exit status: 0 if the platform is ready. */
    static int run(Installation installation, Home named, PrintStream out, PrintStream err) throws IOException {
        var home = named.create();
        long deadlineMillis = deadlineMillis(installation.setting(home, DEADLINE));
        var folder = home.logFolder();
        var lock = folder.resolve("start.lock");
        // One start of a home at a time: they would write into each other's file.
        try (var starting = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = starting.lock()) {
            HomeLock.refuseSecond(home);
            return new StartCommand(installation, home, new ConsoleLog(folder), out, err).start(deadlineMillis);
        }
    }

    private static long deadlineMillis(String value) throws IOException {
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new IOException("the property " + DEADLINE + " is '" + value + "': must be 1 to 999999999");
        }
        return Long.parseLong(value);
    }

    private int start(long deadlineMillis) throws IOException {
        long start = System.nanoTime();
        log.startAnew();
        var process = launch();
        // Who interrupts this program does not want the platform, and would not know that it is there.
        var ending = new Thread(process::destroy, "reclaim-start");
        Runtime.getRuntime().addShutdownHook(ending);
        while (process.isAlive()) {
            if (isReady(process)) {
                Runtime.getRuntime().removeShutdownHook(ending);
                out.println("reclaim: process " + process.pid() + " is ready; its log is " + logFile(home));
                log.excerpt().forEach(err::println);
                return ExitStatus.OK;
            }
            if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(deadlineMillis)) {
                end(process);
                return failed("was not ready after " + deadlineMillis + " ms (" + DEADLINE + ")");
            }
            RunningPlatform.pause();
        }
        return failed("ended with status " + process.exitValue());
    }

    /** The log of a platform that was started. */
    static Path logFile(Home home) throws IOException {
        return home.logFolder().resolve("reclaim.log");
    }

    private Process launch() throws IOException {
        var program = installation.home().resolve("bin").resolve("reclaim");
        var command = new ArrayList<>(List.of(program.toString(), "daemon"));
        if (home.named()) {
            command.addAll(List.of("--home", home.path().toString()));
        }
        return new ProcessBuilder(command)
                .directory(home.path().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(Redirect.appendTo(log.file().toFile()))
                .redirectErrorStream(true)
                .start();
    }

    /** The start script becomes the JVM, so they have the same pid. */
    private boolean isReady(Process process) throws IOException {
        var platform = RunningPlatform.of(home);
        if (platform.isEmpty()) {
            return false;
        }
        var connection = platform.get().connect();
        if (connection.isEmpty()) {
            return false;
        }
        try (var client = connection.get()) {
            return client.pid() == process.pid();
        }
    }

    private void end(Process process) throws IOException {
        long millis = StopDeadline.withMargin(installation.setting(home, StopDeadline.PROPERTY)) + TERMINATE_MILLIS;
        process.destroy();
        try {
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private int failed(String how) throws IOException {
        err.println("reclaim: the platform did not start: its process " + how + "; it said:");
        log.excerpt().forEach(err::println);
        err.println("reclaim: more may be in " + logFile(home));
        return ExitStatus.FAILED;
    }
}
