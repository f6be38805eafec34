package org.reclaim.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The packed distribution as a program, from its start to its end, beside a JVM that does nothing; and the memory of a
 * platform that has nothing to do. It has a home and a cache of its own, so nothing that the user runs is touched.
 */
final class Programs implements AutoCloseable {

    private static final String HOME = "--home";
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern PID = Pattern.compile("process (\\d+) is ready");
    private static final double KIB_PER_MB = 1e6 / 1024;
    private static final long IDLE_SECONDS = 60;

    private final Path program;
    private final Path folder;

    /** One run of ours and one of an empty main, one after the other. */
    record Pair(double nanos, double peerNanos) {
        double ratio() {
            return nanos / peerNanos;
        }
    }

    /**
     * A program, and all its runs.
     *
     * @param what  the command line
     * @param bar   how long it may take beside an empty main
     * @param pairs its runs, in their order
     */
    record Measured(String what, Bar bar, List<Pair> pairs) {}

    /**
     * Prepares what the programs need.
     *
     * @param distribution the unpacked distribution
     * @param folder       for all that they write; created
     */
    Programs(Path distribution, Path folder) throws IOException {
        program = distribution.resolve("bin").resolve("reclaim");
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException(program + " is no program: the distribution has to be built");
        }
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        var name = Empty.class.getName().replace('.', '/') + ".class";
        var copy = folder.resolve("classes").resolve(name);
        Files.createDirectories(copy.getParent());
        try (var empty = Empty.class.getResourceAsStream("Empty.class")) {
            Files.write(copy, empty.readAllBytes());
        }
    }

    /** Makes what the first command has made in the background: the cache of its JVM. */
    void makeCache() throws IOException, InterruptedException {
        run(reclaim("cache"));
    }

    /**
     * Starts a platform, which {@link #close} stops, and leaves it alone for a minute.
     *
     * @return its resident set, megabytes of a million bytes
     */
    double startIdle() throws IOException, InterruptedException {
        var told = PID.matcher(run(reclaim("start", HOME, home())));
        if (!told.find()) {
            throw new IllegalStateException("reclaim start does not name its process");
        }
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        var status = RESIDENT.matcher(Files.readString(Path.of("/proc", told.group(1), "status")));
        if (!status.find()) {
            throw new IllegalStateException("this system does not tell the resident set of a process");
        }
        return Long.parseLong(status.group(1)) / KIB_PER_MB;
    }

    /** Times the programs, in turn, each beside an empty main. A platform has to run. */
    List<Measured> measure(int runs) throws IOException, InterruptedException {
        var alone = new Measured("run -- true", new Bar.Within(12), new ArrayList<>());
        var client = new Measured("exec ps, to a running platform", new Bar.Within(2.5), new ArrayList<>());
        // From a warm-up on, which is not counted.
        for (int i = -1; i < runs; i++) {
            System.err.println("run " + (i + 1) + " of " + runs);
            var both = List.of(
                    pair(reclaim("run", "--", "true")), pair(reclaim("exec", "ps", HOME, home())));
            if (i >= 0) {
                alone.pairs().add(both.getFirst());
                client.pairs().add(both.getLast());
            }
        }
        return List.of(alone, client);
    }

    private Pair pair(List<String> command) throws IOException, InterruptedException {
        double own = nanos(command);
        return new Pair(own, nanos(List.of(
                java(), "-cp", folder.resolve("classes").toString(), Empty.class.getName())));
    }

    private double nanos(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        run(command);
        return System.nanoTime() - start;
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        var out = folder.resolve("out.txt");
        var builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("RECLAIM_CACHE", folder.resolve("cache").toString());
        builder.environment().remove("RECLAIM_OPTS");
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + " exited with " + status + ": " + Files.readString(out));
        }
        return Files.readString(out);
    }

    private List<String> reclaim(String... arguments) {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private String home() {
        return folder.resolve("home").toString();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Stops the platform, if it runs. */
    @Override
    public void close() throws IOException {
        try {
            run(reclaim("stop", HOME, home()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
