package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link AotCache} and {@link CacheCommand}, with a start script that only pretends to run a JVM. */
class AotCacheTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Installation installation;
    private Path folder;
    private Path jar;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(temp.resolve("an installation"));
        jar = file(installation.home().resolve("lib/launcher.jar"), "v1");
        file(installation.build(), "b1\n");
        file(installation.home().resolve("bundles/1-log/log.jar"), "v1");
        folder = temp.resolve("a cache/aot/%an%installation/%a%java");
        System.setProperty(AotCache.FILE, folder.resolve("client-b1.aot").toString());
        // Says in which way it was called, and makes the file that it is asked for.
        program("""
                echo "$*" >> "%s"
                env >> "%s"
                case $RECLAIM_OPTS in -XX:AOTCacheOutput=*) echo classes > "${RECLAIM_OPTS#*=}" ;; esac
                """.formatted(temp.resolve("calls"), temp.resolve("environment")));
    }

    @AfterEach
    void forgetProperties() {
        System.clearProperty(AotCache.FILE);
    }

    @Test
    void isCurrentFromWhenItWasMadeUntilAJarChanges() throws IOException {
        assertThat(cache().isCurrent()).isFalse();
        assertThat(make()).isZero();
        assertThat(cache().isCurrent()).isTrue();

        Files.writeString(jar, "version 2");

        assertThat(cache().isCurrent()).isFalse();
        make();
        assertThat(cache().isCurrent()).isTrue();

        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

        assertThat(cache().isCurrent()).isFalse();
        make();
        file(installation.home().resolve("bundles/2-new/new.jar"), "v1");

        assertThat(cache().isCurrent()).isFalse();
    }

    @Test
    void filesOfAnotherBuildAreReplaced() throws IOException {
        make();
        file(installation.build(), "b2\n");
        Files.writeString(jar, "version 2");

        make();

        assertThat(folder.resolve("platform-b2.aot")).exists();
        assertThat(folder.resolve("client-b2.aot")).exists();
        assertThat(folder.resolve("platform-b1.aot")).doesNotExist();
        assertThat(folder.resolve("client-b1.aot")).doesNotExist();
    }

    @Test
    void isNotCurrentForAnotherJava() throws IOException {
        make();
        var version = System.getProperty("java.vm.version");
        try {
            System.setProperty("java.vm.version", "25.0.99");

            assertThat(cache().isCurrent()).isFalse();
        } finally {
            System.setProperty("java.vm.version", version);
        }
    }

    @Test
    void isForItsOwnerOnly() throws IOException {
        make();

        assertThat(permissions(folder)).isEqualTo("rwx------");
        assertThat(permissions(folder.getParent())).isEqualTo("rwx------");
        for (var name : List.of("platform-b1.aot", "client-b1.aot")) {
            assertThat(folder.resolve(name)).hasContent("classes");
            assertThat(permissions(folder.resolve(name))).isEqualTo("rw-------");
        }
    }

    @Test
    void learnsWithoutPlugInsAndWithoutACache() throws IOException {
        make();

        assertThat(temp.resolve("calls")).hasContent(
                "--home " + folder + "/home run -- true\n--home " + folder + "/home converse\n");
        assertThat(folder.resolve("home")).doesNotExist();
        assertThat(temp.resolve("environment")).content().contains("RECLAIM_CACHE=none\n")
                .contains("JAVA_HOME=" + System.getProperty("java.home") + "\n");
    }

    @Test
    void isMadeAgainOnlyWhenItIsStale() throws IOException {
        make();
        make();
        assertThat(calls()).hasSize(2);

        Files.delete(folder.resolve("platform-b1.aot"));
        make();

        assertThat(calls()).hasSize(4);
    }

    @Test
    void aFailureIsSaidAndNotRepeatedUntilSomethingChanges() throws IOException {
        program("echo 'no memory left'; echo call >> '" + temp.resolve("calls") + "'; exit 3");

        assertThat(make()).isEqualTo(1);

        assertThat(err.toString()).contains("could not be made: see " + folder + "/platform.log");
        assertThat(folder.resolve("platform.log")).hasContent("no memory left");
        assertThat(folder.resolve("platform-b1.aot")).doesNotExist();
        int before = calls().size();
        cache().renewInBackground();
        assertThat(cache().isCurrent()).isTrue();
        assertThat(calls()).hasSize(before);
    }

    @Test
    void cachesOfInstallationsAndJavasThatAreGoneAreRemoved() throws IOException {
        var java = System.getProperty("java.home");
        var gone = cacheOf("%gone/%java", temp.resolve("gone").toString(), java);
        var otherJava = cacheOf("%an%installation/%old%java", installation.home() + "/bin/reclaim", temp + "/old");
        var other = cacheOf("%other/%java", file(temp.resolve("other/bin/reclaim"), "").toString(), java);

        make();

        assertThat(gone.getParent()).doesNotExist();
        assertThat(otherJava).doesNotExist();
        assertThat(other).exists();
        assertThat(folder.resolve("client-b1.aot")).exists();
    }

    @Test
    void aCommandHasItMadeInTheBackground() throws IOException {
        cache().renewInBackground();

        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(calls()).containsExactly("cache"));
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(temp.resolve("environment")).content()
                .contains("RECLAIM_OPTS=-Dreclaim.cache.background=true\n", "JAVA_HOME="));
        assertThat(permissions(folder)).isEqualTo("rwx------");
    }

    @Test
    void nothingIsMadeWhereNothingCanBeWritten() throws IOException {
        file(temp.resolve("a cache"), "no folder");

        cache().renewInBackground();

        assertThat(cache().hasPlace()).isFalse();
        assertThat(temp.resolve("calls")).doesNotExist();
    }

    @Test
    void thereIsNoneUnlessTheStartScriptNamesAPlace() {
        System.clearProperty(AotCache.FILE);

        assertThat(AotCache.of(installation)).isEmpty();
    }

    private AotCache cache() {
        return AotCache.of(installation).orElseThrow();
    }

    private int make() throws IOException {
        return CacheCommand.run(installation, new PrintStream(out, true), new PrintStream(err, true));
    }

    private List<String> calls() throws IOException {
        return Files.exists(temp.resolve("calls")) ? Files.readAllLines(temp.resolve("calls")) : new ArrayList<>();
    }

    private Path cacheOf(String name, String... madeOf) throws IOException {
        var other = temp.resolve("a cache/aot").resolve(name);
        file(other.resolve("made-of"), String.join("\n", madeOf) + "\n");
        return other;
    }

    private void program(String text) throws IOException {
        var file = file(installation.home().resolve("bin/reclaim"), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path file(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
