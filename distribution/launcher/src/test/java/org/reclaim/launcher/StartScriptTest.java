package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/reclaim} with an environment of its own, and with Javas that only print how they were called. */
class StartScriptTest {
    private static final Path SCRIPT = Path.of("../src/main/bin/reclaim").toAbsolutePath();

    @TempDir
    private Path temp;

    private Path home;
    private Path javas;
    private Path jar;
    private String cache;

    private record Result(int status, String out, String err) {
    }

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(temp.resolve("an installation"));
        javas = Files.createDirectories(temp.resolve("all javas"));
        Files.writeString(Files.createDirectory(home.resolve("lib")).resolve("build"), "b1\n");
        jar = Files.createFile(home.resolve("lib/some.jar"));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        cache = temp.resolve("a cache").toString();
        Files.copy(SCRIPT, Files.createDirectory(home.resolve("bin")).resolve("reclaim"),
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void takesJavaHomeIfItIsNewEnough() throws Exception {
        var java = java("twenty-five", "25.0.3", true);
        java("usual", "26", true);

        var result = run(script(), java.toString(), "");

        assertThat(result.out).startsWith(java + " ").endsWith("/lib/org.reclaim.launcher.jar exec lb\n");
        assertThat(result).returns(0, Result::status).returns("", Result::err);
    }

    @Test
    void takesTheOneOnThePathIfJavaHomeIsTooOld() throws Exception {
        var old = java("old", "17.0.15", true);
        var onPath = java("on path", "25", true);
        var links = Files.createDirectory(temp.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), temp.resolve("alternative"));
        Files.createSymbolicLink(temp.resolve("alternative"), Path.of("all javas/on path/bin/java"));

        assertThat(run(script(), old.toString(), links.toString()).out).startsWith(onPath + " ");
    }

    @Test
    void looksIntoTheUsualFoldersAtLast() throws Exception {
        java("a-17", "17.0.15", true);
        var java = java("b-30", "30-ea", true);

        assertThat(run(script(), "", "").out).startsWith(java + " ");
    }

    @Test
    void asksTheJavaItselfWhereNoReleaseFileTells() throws Exception {
        java("old", "1.8.0_402", false);
        var java = java("recent", "25.0.1", false);

        assertThat(run(script(), "", "").out).startsWith(java + " ");
    }

    @Test
    void saysWhatItFoundAndWhatItNeeds() throws Exception {
        var first = java("a", "1.8.0_402", true);
        var second = java("b", "24.0.2", true);

        assertThat(run(script(), "", "")).isEqualTo(new Result(1, "", "reclaim: needs Java 25 or newer, found "
                + "1.8.0_402 in " + first + ", 24.0.2 in " + second + "; set JAVA_HOME to one\n"));
    }

    @Test
    void saysThatItFoundNone() throws Exception {
        assertThat(run(script(), temp.toString(), "")).isEqualTo(new Result(1, "",
                "reclaim: needs Java 25 or newer, found none; set JAVA_HOME to one\n"));
    }

    @Test
    void findsItsInstallationThroughLinks() throws Exception {
        java("java", "25", true);
        var link = Files.createSymbolicLink(temp.resolve("link"), Path.of("second link"));
        Files.createSymbolicLink(temp.resolve("second link"), Path.of("an installation/bin/reclaim"));

        assertThat(run(link, "", "").out).contains(" -jar " + home.toRealPath() + "/lib/org.reclaim.launcher.jar");
    }

    @Test
    void whatStaysHasTheWholeVirtualMachineAndWhatIsOverSoonASmallOne() throws Exception {
        java("java", "25", true);

        for (var line : List.of("", "daemon --home x", "--home demo", "start --foreground",
                "--home=x start --foreground")) {
            assertThat(runWith(line).out).as(line).contains("-XX:TrimNativeHeapInterval=")
                    .doesNotContain("Tiered", "-Xm", "UseSerialGC")
                    .endsWith((".jar " + line).strip() + "\n");
        }
        for (var line : List.of("demo", "--home x exec ps", "start --home x", "stop", "console",
                "run -- start --foreground")) {
            assertThat(runWith(line).out).as(line).contains("-XX:TieredStopAtLevel=1 ")
                    .endsWith(".jar " + line + "\n");
        }
    }

    @Test
    void saysWhereTheCacheBelongsAndUsesTheOneThatIsThere() throws Exception {
        var java = java("java", "25", true);
        var folder = cacheFolder(java);

        assertThat(runWith("exec ps").out).contains(" -Dreclaim.cache=" + folder + "/client-b1.aot ")
                .doesNotContain("AOTCache", "-Xlog");

        Files.createDirectories(folder);
        Files.createFile(folder.resolve("client-b1.aot"));
        Files.createFile(folder.resolve("platform-b1.aot"));

        for (var line : List.of("exec ps", "--home x status", "stop", "console")) {
            assertThat(runWith(line).out).as(line)
                    .contains(" -Xlog:disable -XX:AOTCache=" + folder + "/client-b1.aot -jar ");
        }
        for (var line : List.of("run -- true", "demo")) {
            assertThat(runWith(line).out).as(line).contains(" -XX:AOTCache=" + folder + "/platform-b1.aot -jar ");
        }
        for (var line : List.of("", "daemon", "start", "--help")) {
            assertThat(runWith(line).out).as(line).doesNotContain("cache");
        }
    }

    @Test
    void doesNotUseACacheOfOtherJars() throws Exception {
        var folder = Files.createDirectories(cacheFolder(java("java", "25", true)));
        Files.createFile(folder.resolve("client-b1.aot"));
        assertThat(runWith("exec ps").out).contains("AOTCache");

        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(runWith("exec ps").out).doesNotContain("AOTCache");

        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        Files.writeString(home.resolve("lib/build"), "b2\n");
        assertThat(runWith("exec ps").out).contains("client-b2.aot").doesNotContain("AOTCache");

        Files.delete(home.resolve("lib/build"));
        assertThat(runWith("exec ps")).returns("", Result::err).satisfies(result ->
                assertThat(result.out).doesNotContain("cache", "AOTCache"));
    }

    @Test
    void hasACacheForEachJava() throws Exception {
        var first = java("first", "25", true);
        var second = java("second", "25", true);

        assertThat(run(script(), first.toString(), "").out).contains(cacheFolder(first) + "/client-b1.aot");
        assertThat(run(script(), second.toString(), "").out).contains(cacheFolder(second) + "/client-b1.aot");
    }

    @Test
    void hasNoCacheWhereThereIsNoPlaceForIt() throws Exception {
        java("java", "25", true);
        cache = "none";

        assertThat(runWith("exec ps").out).doesNotContain("cache");
    }

    @Test
    void leavesTheCacheAloneThatSomebodyElseMayHaveMade() throws Exception {
        assumeTrue(Files.getAttribute(temp, "unix:uid").equals(0), "only root can give files away");
        var folder = Files.createDirectories(cacheFolder(java("java", "25", true)));
        Files.createFile(folder.resolve("client-b1.aot"));
        assertThat(runWith("exec ps").out).contains("AOTCache");

        Files.setAttribute(folder, "unix:uid", 4711);
        assertThat(runWith("exec ps").out).doesNotContain("AOTCache");

        Files.setAttribute(folder, "unix:uid", 0);
        Files.setAttribute(folder.resolve("client-b1.aot"), "unix:uid", 4711);
        assertThat(runWith("exec ps").out).doesNotContain("AOTCache");
    }

    private Path cacheFolder(Path java) throws IOException {
        return temp.resolve("a cache/aot")
                .resolve(home.toRealPath().toString().replace('/', '%'))
                .resolve((java + "/bin/java").replace('/', '%'));
    }

    private Result runWith(String line) throws Exception {
        return run(script(), "", "", line.isEmpty() ? new String[0] : line.split(" "));
    }

    private Path script() {
        return home.resolve("bin/reclaim");
    }

    /** A Java that prints its folder and its arguments, and its version if asked. */
    private Path java(String name, String version, boolean withRelease) throws IOException {
        var folder = Files.createDirectories(javas.resolve(name).resolve("bin")).getParent();
        if (withRelease) {
            Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        }
        executable(folder.resolve("bin/java"), """
                #!/bin/sh
                if [ "$1" = -version ]; then
                    echo 'Picked up JAVA_TOOL_OPTIONS: -Dx=y' >&2
                    echo 'openjdk version "%s" 2026-01-01' >&2
                else
                    echo "%s $*"
                fi
                """.formatted(version, folder));
        return folder;
    }

    private Result run(Path script, String javaHome, String pathBefore) throws IOException, InterruptedException {
        return run(script, javaHome, pathBefore, "exec", "lb");
    }

    private Result run(Path script, String javaHome, String pathBefore, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("RECLAIM") || name.startsWith("JAVA"));
        environment.put("JAVA_HOME", javaHome);
        environment.put("RECLAIM_CACHE", cache);
        environment.put("PATH", (pathBefore.isEmpty() ? "" : pathBefore + ":") + tools());
        environment.put("RECLAIM_JAVA_PATH", temp.resolve("nowhere") + ":" + javas);
        var process = builder.redirectError(temp.resolve("err").toFile()).start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out, Files.readString(temp.resolve("err")));
    }

    /** A folder with the programs that the script uses, and without the Java of this machine. */
    private Path tools() throws IOException {
        var tools = Files.createDirectories(temp.resolve("tools"));
        for (var tool : List.of("readlink", "dirname", "basename", "sed", "head")) {
            executable(tools.resolve(tool), "#!/bin/sh\nPATH=/usr/bin:/bin exec %s \"$@\"\n".formatted(tool));
        }
        return tools;
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
