package org.reclaim.itests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import aQute.bnd.osgi.Builder;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the README shows works as it says. */
public class ReadmeIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** A command, and what the README shows of its output: the lines that follow, as far as they are indented. */
    private static final Pattern SHOWN = Pattern.compile("(?m)^ {4}\\$ (\\./reclaim .*)\n((?: {4}.*\n)*)");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** One command starts a platform, a later one stops it, unless something between them failed. */
    @After
    public void stopWhatTheReadmeStarts() throws Exception {
        Reclaim.run("stop", "--home", ROOT.resolve("target/example").toString());
    }

    @Test
    public void thePluginTakesItsPlaceInTheOrder() throws Exception {
        var installation = folder.getRoot().toPath().resolve("reclaim");
        copy(Reclaim.INSTALLATION, installation);
        var source = block("java", "package com.example.markers;");
        buildPlugin(source, installation.resolve("deploy/markers.jar"));

        try (var reclaim = Reclaim.start(installation, "exec", "types")) {
            var result = reclaim.finish();

            assertThat(result.err()).isEmpty();
            assertThat(result.out().lines().skip(1).map(line -> line.split(" ")[0]))
                    .containsSubsequence("file_descriptors", "markers", "sockets");
        }
    }

    @Test
    public void theCommandsPrintWhatIsShown() throws Exception {
        var shown = SHOWN.matcher(readme()).results().toList();
        assertThat(shown).hasSizeGreaterThanOrEqualTo(2);
        for (var command : shown) {
            var process = new ProcessBuilder("sh", "-c", command.group(1))
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            var printed = new String(process.getInputStream().readAllBytes(), UTF_8);

            assertThat(withoutFigures(printed))
                    .as(command.group(1))
                    .isEqualTo(withoutFigures(command.group(2).replaceAll("(?m)^ {4}", "")));
        }
    }

    @Test
    public void theDemoPrintsWhatIsShown() throws Exception {
        var process = new ProcessBuilder("./reclaim", "demo").directory(ROOT.toFile()).start();
        var printed = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(withoutFigures(printed)).isEqualTo(withoutFigures(block("text", "Process 1 has acquired")));
    }

    /** Times, addresses and random names differ from run to run, and with them the width of columns. */
    private static String withoutFigures(String text) {
        return text.lines()
                .map(line -> line.replaceAll("\\S*/\\S+", "PATH").replaceAll("[0-9a-fx]*\\d[0-9a-fx]*", "#"))
                .map(line -> line.replaceAll(" +", " ").strip())
                .reduce("", (all, line) -> all + line + "\n");
    }

    private static String readme() throws Exception {
        return Files.readString(ROOT.resolve("README.md"));
    }

    /** The block of a language that begins with a text. */
    private static String block(String language, String beginning) throws Exception {
        var fence = Pattern.compile("```" + language + "\n(" + Pattern.quote(beginning) + ".*?)```", Pattern.DOTALL);
        return fence.matcher(readme()).results().findFirst().orElseThrow().group(1);
    }

    /** Compiles it against the API alone, and packs it as bnd's Maven plug-in would. */
    private void buildPlugin(String source, Path jar) throws Exception {
        var sources = folder.newFolder("src").toPath();
        var classes = folder.newFolder("classes").toPath();
        var name = Pattern.compile("public class (\\w+)").matcher(source).results().findFirst().orElseThrow().group(1);
        var file = Files.writeString(sources.resolve(name + ".java"), source);
        var classPath = new ArrayList<>(libraries("osgi.annotation", "org.osgi.service.component"));
        classPath.add(api().toString());
        int status = ToolProvider.getSystemJavaCompiler().run(
                null, null, null,
                "-d", classes.toString(), "-cp", String.join(File.pathSeparator, classPath), file.toString());
        assertThat(status).isZero();
        try (var builder = new Builder()) {
            builder.setBundleSymbolicName("com.example.markers");
            builder.addClasspath(classes.toFile());
            builder.addClasspath(api().toFile());
            builder.setProperty("-privatepackage", "com.example.*");
            var built = builder.build();
            assertThat(builder.getErrors()).isEmpty();
            built.write(jar.toFile());
        }
    }

    private static Path api() throws Exception {
        try (var files = Files.walk(Reclaim.INSTALLATION.resolve("bundles"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("org.reclaim.api-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> libraries(String... names) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> Arrays.stream(names).anyMatch(name -> Path.of(path).getFileName().toString()
                        .startsWith(name)))
                .toList();
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
