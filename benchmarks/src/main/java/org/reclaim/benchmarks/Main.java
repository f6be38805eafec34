package org.reclaim.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** Runs what is asked for, prints the tables, and keeps the raw figures. */
final class Main {

    private static final Path RESULTS = Path.of(System.getProperty("reclaim.results", "target/results"));

    /** A whole program takes so short that it can be run more often than a benchmark. */
    private static final int RUNS_PER_ROUND = 4;

    private final Invocation invocation;
    private final Path folder;
    private final List<String> report = new ArrayList<>();

    private Main(Invocation invocation, Path folder) {
        this.invocation = invocation;
        this.folder = folder;
    }

    /**
     * See {@link Invocation}.
     *
     * @param args options, and what to measure
     */
    public static void main(String[] args) throws IOException, InterruptedException, RunnerException {
        Invocation invocation;
        try {
            invocation = Invocation.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks/run: " + e.getMessage());
            System.exit(2);
            return;
        }
        var name = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(':', '-');
        new Main(invocation, Files.createDirectories(RESULTS.resolve(name))).run();
    }

    private void run() throws IOException, InterruptedException, RunnerException {
        Machine.describe(invocation.jvmFlags()).forEach(this::say);
        say("Load of the machine before: " + Machine.load());
        var comparisons = comparisons();
        var rounds = new ArrayList<Round>();
        for (int i = 1; i <= invocation.rounds() && !comparisons.isEmpty(); i++) {
            int number = i;
            var cases = casesOf(comparisons);
            // There and back: who is measured early in one round is measured late in the next.
            var round = Round.of(
                    number % 2 == 1 ? cases : cases.reversed(),
                    invocation.effort(),
                    invocation.jvmFlags(),
                    next -> System.err.println("round " + number + " of " + invocation.rounds() + ": " + next));
            round.write(folder.resolve("round-" + number + ".json"));
            rounds.add(round);
        }
        if (!rounds.isEmpty()) {
            say("");
            Report.times(comparisons, rounds).forEach(this::say);
        }
        if (invocation.topics().contains(Invocation.Topic.BYTES)) {
            say("");
            Report.bytes(this::bytesOf).forEach(this::say);
        }
        if (invocation.topics().contains(Invocation.Topic.CLI)) {
            programs();
        }
        say("");
        say("Load of the machine after: " + Machine.load());
        Files.write(folder.resolve("report.md"), report);
        System.err.println("raw figures: " + folder.toAbsolutePath().normalize());
    }

    private List<Comparison> comparisons() {
        return invocation.topics().stream().flatMap(topic -> switch (topic) {
            case TRACK -> Comparisons.track().stream();
            case END -> Comparisons.end().stream();
            case BATCH -> Comparisons.batch().stream();
            case PEERS -> Comparisons.peers().stream();
            case RINGS -> Comparisons.rings().stream();
            case BYTES, CLI -> Stream.<Comparison>empty();
        }).toList();
    }

    /** Each once, however often it is compared; next to what it is compared with. */
    private static List<Case> casesOf(List<Comparison> comparisons) {
        var cases = new LinkedHashSet<Case>();
        for (var each : comparisons) {
            cases.add(each.ours());
            cases.addAll(each.peers());
        }
        return List.copyOf(cases);
    }

    private void programs() throws IOException, InterruptedException {
        var distribution = Path.of(System.getProperty("reclaim.distribution", "../distribution/target/reclaim"));
        try (var programs = new Programs(distribution, folder.resolve("cli"))) {
            System.err.println("cli: making the cache, then a platform is idle for a minute");
            programs.makeCache();
            double resident = programs.startIdle();
            var measured = programs.measure(invocation.rounds() * RUNS_PER_ROUND);
            Files.write(folder.resolve("cli.txt"), measured.stream().map(String::valueOf).toList());
            say("");
            Report.programs(measured).forEach(this::say);
            say("");
            Report.resident(resident).forEach(this::say);
        }
    }

    /** Measures one figure in a JVM of its own. */
    private double bytesOf(Footprint.Thing thing, int perProcess) throws IOException, InterruptedException {
        System.err.println("bytes: " + thing + ", " + perProcess + " per process");
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // The collector leaves nothing unreachable behind, and no thread has space in stock: what is used is exact.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:MarkSweepDeadRatio=0", "-XX:-UseTLAB", "-Xmx1g"));
        command.addAll(invocation.jvmFlags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Footprint.class.getName()));
        command.addAll(List.of(thing.name(), String.valueOf(perProcess)));
        var raw = folder.resolve("bytes-" + thing + "-" + perProcess + ".txt");
        int status = new ProcessBuilder(command)
                .redirectOutput(raw.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException(String.join(" ", command) + " exited with " + status);
        }
        return Double.parseDouble(Files.readString(raw).strip());
    }

    private void say(String line) {
        System.out.println(line);
        report.add(line);
    }
}
