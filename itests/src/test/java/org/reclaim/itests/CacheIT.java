package org.reclaim.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.reclaim.itests.Reclaim.Result;

/** The cache that shortens the start, with real JVMs. */
public class CacheIT {

    private static final Duration MAKING = Duration.ofMinutes(4);
    private static final String REPORT = "reclaim: process 1 \\(sh\\) ended with status 0; gave back .* in \\d+ us\n";

    /** Counts the files of the cache that the JVM has mapped. The start script becomes the JVM, so it is the parent. */
    private static final List<String> COUNT =
            List.of("run", "--", "sh", "-c", "grep -c '/platform-.*aot$' /proc/$PPID/maps; true");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path installation;
    private Path caches;

    @Before
    public void install() throws Exception {
        // A copy, because the tests of the same build on the same machine share the distribution.
        installation = folder.getRoot().toPath().resolve("an installation");
        caches = folder.getRoot().toPath().resolve("a cache");
        var copy = new ProcessBuilder("cp", "-a", Reclaim.INSTALLATION.toString(), installation.toString());
        assertThat(copy.inheritIO().start().waitFor()).isZero();
    }

    @Test
    public void theFirstCommandHasItMadeAndTheNextOnesUseIt() throws Exception {
        var first = run(COUNT);

        assertThat(first.out()).isEqualTo("0\n");
        assertThat(first.err()).matches(REPORT);
        awaitMade();
        var next = run(COUNT);
        assertThat(Long.parseLong(next.out().strip())).isPositive();
        assertThat(next.err()).matches(REPORT);
    }

    @Test
    public void aStaleOneIsIgnoredInSilenceAndMadeAnew() throws Exception {
        make();
        var madeOf = find("made-of").getFirst();
        var before = Files.readString(madeOf);

        var jar = installation.resolve("lib/org.reclaim.launcher.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
        var result = run(COUNT);

        assertThat(result.out()).isEqualTo("0\n");
        assertThat(result.err()).matches(REPORT);
        await().atMost(MAKING).until(() -> Files.exists(madeOf) && !Files.readString(madeOf).equals(before));
        assertThat(run(COUNT).out()).isNotEqualTo("0\n");
    }

    @Test
    public void aBrokenOneOnlyCostsTime() throws Exception {
        make();
        for (var file : Stream.concat(find("platform-").stream(), find("client-").stream()).toList()) {
            Files.writeString(file, "no cache");
        }

        var result = run(List.of("run", "--", "echo", "done"));

        assertThat(result.out()).isEqualTo("done\n");
        assertThat(result.err()).matches(REPORT.replace("sh", "echo"));
        assertThat(run(List.of("status")).out()).startsWith("not running: ");
    }

    @Test
    public void twoWhoMakeItAtOnceMakeOne() throws Exception {
        try (var one = start(List.of("cache")); var other = start(List.of("cache"))) {
            assertThat(one.finish().status()).isZero();
            assertThat(other.finish().status()).isZero();
        }
        assertThat(find("platform-")).hasSize(1);
        assertThat(find("client-")).hasSize(1);
        assertThat(run(COUNT).out()).isNotEqualTo("0\n");
    }

    @Test
    public void whereNothingCanBeWrittenNothingIsDifferent() throws Exception {
        Files.writeString(caches, "no folder");

        var result = run(COUNT);

        assertThat(result).isEqualTo(new Result(0, "0\n", result.err()));
        assertThat(result.err()).matches(REPORT);
        assertThat(run(List.of("cache"))).returns(1, Result::status).returns("", Result::out);
    }

    @Test
    public void plugInsOfTheDeployFolderTakePartInARunWithIt() throws Exception {
        make();
        Files.writeString(installation.resolve("deploy/broken.jar"), "no zip");

        var result = run(COUNT);

        assertThat(result.out()).isNotEqualTo("0\n");
        assertThat(result.err()).contains("WARN: ").contains("broken.jar");
    }

    private void make() throws Exception {
        var made = run(List.of("cache"));
        assertThat(made.status()).as(made.toString()).isZero();
        awaitMade();
    }

    private void awaitMade() {
        await().atMost(MAKING).until(() -> find("made-of").size() == 1);
        assertThat(find("platform-")).hasSize(1);
        assertThat(find("client-")).hasSize(1);
    }

    private Result run(List<String> arguments) throws Exception {
        try (var reclaim = start(arguments)) {
            return reclaim.finish();
        }
    }

    private Reclaim start(List<String> arguments) throws IOException {
        return Reclaim.start(
                List.of("env", "RECLAIM_CACHE=" + caches), installation, arguments.toArray(String[]::new));
    }

    /** The files whose names begin like that. */
    private List<Path> find(String name) {
        if (!Files.isDirectory(caches)) {
            return List.of();
        }
        try (var files = Files.walk(caches)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name)).toList();
        } catch (IOException | UncheckedIOException e) {
            // It is being made.
            return List.of();
        }
    }
}
