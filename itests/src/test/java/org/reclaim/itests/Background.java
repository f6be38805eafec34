package org.reclaim.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A home, and the platform that serves it in the background. Closing it stops that platform, by force if need be. */
final class Background implements AutoCloseable {

    private final Path home;

    Background(Path home) {
        this.home = home;
    }

    Path home() {
        return home;
    }

    /** Runs a command for this home to its end. */
    Reclaim.Result run(String... arguments) throws Exception {
        return Reclaim.run(forThisHome(arguments));
    }

    /** The same, with an input. */
    Reclaim.Result runWith(String input, String... arguments) throws Exception {
        return Reclaim.runWith(input, forThisHome(arguments));
    }

    /** Begins a command for this home. */
    Reclaim begin(String... arguments) throws IOException {
        return Reclaim.start(forThisHome(arguments));
    }

    private String[] forThisHome(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--home", home.toString()));
        return all.toArray(String[]::new);
    }

    /** Writes the home's own settings. */
    void configure(String properties) throws IOException {
        Files.writeString(Files.createDirectories(home.resolve("conf")).resolve("config.properties"), properties);
    }

    /** Starts the platform, which has to work. */
    Background start() throws Exception {
        var result = run("start");
        if (result.status() != 0 || !result.err().isEmpty()) {
            throw new AssertionError("start says " + result);
        }
        return this;
    }

    /** What status tells under a name. */
    String told(String name) throws Exception {
        var status = run("status");
        var line = Pattern.compile("(?m)^  " + name + " +(.*)$").matcher(status.out());
        if (!line.find()) {
            throw new AssertionError("status says " + status);
        }
        return line.group(1);
    }

    long pid() throws Exception {
        return Long.parseLong(told("pid"));
    }

    /** Ends the JVM as nobody can prepare for. */
    void kill() throws Exception {
        var process = ProcessHandle.of(pid()).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(20, TimeUnit.SECONDS);
    }

    /** How many threads and how many descriptors the JVM has. */
    static List<Long> footprint(long pid) throws IOException {
        return List.of(count(Path.of("/proc/" + pid + "/task")), count(Path.of("/proc/" + pid + "/fd")));
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (run("status").status() == 0 && run("stop").status() != 0) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the platform could not be ended", e);
        }
    }
}
