package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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

    private record Result(int status, String out, String err) {
    }

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(temp.resolve("an installation"));
        javas = Files.createDirectories(temp.resolve("all javas"));
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
            assertThat(runWith(line).out).as(line).doesNotContain("-XX:")
                    .endsWith((".jar " + line).strip() + "\n");
        }
        for (var line : List.of("demo", "--home x exec ps", "start --home x", "stop", "console",
                "run -- start --foreground")) {
            assertThat(runWith(line).out).as(line).contains("-XX:TieredStopAtLevel=1 ")
                    .endsWith(".jar " + line + "\n");
        }
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
