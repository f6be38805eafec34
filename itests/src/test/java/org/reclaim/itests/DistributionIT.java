package org.reclaim.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code reclaim demo} and {@code reclaim exec} of the packed distribution, and wrong usage. */
public class DistributionIT {

    private static final List<String> TYPES = List.of(
            "file_descriptors", "sockets", "signals", "rings", "async_tasks", "ipc", "mappings", "memory");
    private static final Duration START = Duration.ofMinutes(2);

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void theDemoGivesEverythingBackInOrder() throws Exception {
        var json = folder.getRoot().toPath().resolve("out.json");

        var result = Reclaim.run("demo", "--json", json.toString());

        assertThat(result.status()).as(result.toString()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).endsWith("\nNothing is left.\n");
        var text = Files.readString(json);
        var byType = groups(text, "\"byType\" : \\{([^}]*)}").getFirst();
        assertThat(groups(byType, "\"(\\w+)\" : [1-9]")).isEqualTo(TYPES);
        assertThat(text).contains("\"name\" : \"demo\"", "\"reason\" : \"TERMINATED\"", "\"exitStatus\" : null",
                "\"errors\" : 0,");
        assertThat(groups(text, "\"type\" : \"(\\w+)\",\\s+\"status\" : \"FREED\""))
                .isEqualTo(TYPES);
    }

    @Test
    public void outsidersSeeWhatTheDemoHoldsAndThatItIsGone() throws Exception {
        try (var demo = Reclaim.start("demo", "--pause")) {
            await().atMost(START).until(() -> demo.out().endsWith("Press Enter to end process 1: "));
            var told = demo.out();
            assertThat(told).contains("process " + demo.pid() + " of the operating system");
            var files = groups(told, " (?:open file|temporary file|temporary folder|file lock|Unix listener) +(/\\S+)");
            // The ports of both ends: no closed connection may linger (TIME_WAIT).
            var ports = groups(told, " (?:TCP listener|TCP connection|UDP socket) +127\\.0\\.0\\.1:(\\d+)");
            assertThat(files).hasSize(5).allSatisfy(path -> assertThat(Path.of(path)).exists());
            assertThat(ports).hasSize(3).allMatch(port -> isBound(demo.pid(), port));
            assertThat(openFiles(demo.pid())).contains(path(told, "open file"), path(told, "temporary file"));
            long socketsBefore = openFiles(demo.pid()).stream().filter(target -> target.startsWith("socket:")).count();

            demo.type("\n");
            await().atMost(START).until(() -> demo.out().endsWith("Press Enter to leave: "));

            assertThat(files).allSatisfy(path -> assertThat(Path.of(path)).doesNotExist());
            assertThat(ports).noneMatch(port -> isBound(demo.pid(), port));
            assertThat(openFiles(demo.pid())).noneMatch(target -> files.stream().anyMatch(target::startsWith));
            assertThat(openFiles(demo.pid()).stream().filter(target -> target.startsWith("socket:")).count())
                    .isEqualTo(socketsBefore - 6);

            demo.type("\n");
            assertThat(demo.finish().status()).isZero();
        }
    }

    @Test
    public void theDemoDoesNotWaitForSomebodyWhoIsNotThere() throws Exception {
        assertThat(Reclaim.run("demo", "--pause").status()).isZero();
    }

    @Test
    public void aConsoleCommandPrintsWhatItReturns() throws Exception {
        var result = Reclaim.run("exec", "types");

        assertThat(result.status()).as(result.toString()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().map(line -> line.split(" +", 3)[0] + " " + line.split(" +", 3)[1]))
                .containsExactly("TYPE RANKING", "file_descriptors 800", "sockets 700", "signals 600", "rings 500",
                        "async_tasks 400", "ipc 300", "mappings 200", "memory 100");
    }

    @Test
    public void everyConsoleCommandHasADescription() throws Exception {
        var commands = List.of("types", "ps", "show", "terminate", "coverage", "unsettled", "history");
        // One list of all results: of a sequence only the last result is printed.
        var line = commands.stream()
                .map(command -> "help reclaim:" + command)
                .collect(Collectors.joining(") (", "[(", ")]"));

        var result = Reclaim.run("exec", line);

        assertThat(result.status()).isZero();
        assertThat(groups(result.out(), "(?m)^(\\w+) - \\w+")).isEqualTo(commands);
        assertThat(result.out()).contains("pid of the process, as ps lists it");
    }

    @Test
    public void coverageIsComplete() throws Exception {
        var result = Reclaim.run("exec", "coverage");

        assertThat(result.out()).contains("sockets").doesNotContain("MISSING", "leak");
        assertThat(result.err()).isEmpty();
    }

    @Test
    public void aConsoleCommandThatFailsIsOneLineAndStatusOne() throws Exception {
        for (var line : List.of("reclaim:show abc", "reclaim:show -1", "reclaim:terminate 999", "nonsense", "{ \"")) {
            var result = Reclaim.run("exec", line);

            assertThat(result.status()).as(line).isEqualTo(1);
            assertThat(result.out()).as(line).isEmpty();
            assertThat(result.err()).as(line).startsWith("reclaim: ").hasLineCount(1).doesNotContain("Exception");
        }
    }

    @Test
    public void wrongUsageIsOneLineAndStatusTwo() throws Exception {
        var usages = List.of(
                List.of("frobnicate"),
                List.of("demo", "--nonsense"),
                List.of("demo", "extra"),
                List.of("demo", "--json"),
                List.of("run"),
                List.of("run", "--"),
                List.of("run", "true"),
                List.of("run", "--grace", "soon", "--", "true"),
                List.of("run", "--grace", "48h", "--", "true"),
                List.of("exec"),
                List.of("exec", "ps", ""),
                List.of("exec", "ps", "--home"),
                List.of("start", "now"),
                List.of("--home", "x", "stop", "--home", "y"));
        for (var usage : usages) {
            var result = Reclaim.run(usage.toArray(String[]::new));

            assertThat(result.status()).as(usage.toString()).isEqualTo(2);
            assertThat(result.out()).as(usage.toString()).isEmpty();
            assertThat(result.err()).as(usage.toString()).startsWith("reclaim: ").hasLineCount(1)
                    .doesNotContain("Exception");
        }
    }

    @Test
    public void aSettingInTheFileCounts() throws Exception {
        var copy = folder.getRoot().toPath().resolve("changed");
        shell("cp -a '" + Reclaim.INSTALLATION + "' '" + copy + "'");
        var settings = copy.resolve("conf/etc/org.reclaim.orchestrator.cfg");
        Files.writeString(settings, "ranking.memory = 750\n", StandardOpenOption.APPEND);
        try (var reclaim = Reclaim.start(copy)) {
            await().atMost(START).untilAsserted(() -> {
                reclaim.type("types\n");
                assertThat(groups(reclaim.out(), "(?m)^(\\w+) +\\d+  org"))
                        .endsWith("file_descriptors", "memory", "sockets", "signals", "rings", "async_tasks", "ipc",
                                "mappings");
            });
        }
    }

    @Test
    public void aReadOnlyInstallationIsEnoughAndStaysAsItIs() throws Exception {
        var copy = folder.getRoot().toPath().resolve("read only");
        shell("cp -a '" + Reclaim.INSTALLATION + "' '" + copy + "' && chmod -R a-w '" + copy + "'");
        try {
            var before = listing(copy);
            for (var arguments : List.of(
                    List.of("demo"), List.of("exec", "types"), List.of("run", "--", "true"))) {
                try (var reclaim = Reclaim.start(copy, arguments.toArray(String[]::new))) {
                    assertThat(reclaim.finish().status()).as(arguments.toString()).isZero();
                }
            }
            // Root may write everywhere: so it is looked whether anything was.
            assertThat(listing(copy)).isEqualTo(before);
        } finally {
            shell("chmod -R u+w '" + copy + "'");
        }
    }

    private static List<String> groups(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static String path(String told, String what) {
        return Pattern.compile(what + " +(/\\S+)").matcher(told).results().findFirst().map(MatchResult::group)
                .orElseThrow().replaceFirst(what + " +", "");
    }

    private static List<String> openFiles(long pid) throws IOException {
        var targets = new ArrayList<String>();
        try (var links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var link : links) {
                targets.add(Files.readSymbolicLink(link).toString());
            }
        }
        return targets;
    }

    /** Whether a TCP or UDP socket has that local port. */
    private static boolean isBound(long pid, String port) {
        var local = Pattern.compile(" *\\d+: \\w+:%04X .*".formatted(Integer.parseInt(port)));
        return Stream.of("tcp", "tcp6", "udp", "udp6")
                .flatMap(table -> lines(Path.of("/proc/" + pid + "/net/" + table)))
                .anyMatch(row -> local.matcher(row).matches());
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> listing(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            return files.map(file -> file + " " + describe(file)).sorted().toList();
        }
    }

    private static String describe(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void shell(String line) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", line).inheritIO().start().waitFor()).isZero();
    }
}
