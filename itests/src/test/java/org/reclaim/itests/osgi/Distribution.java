package org.reclaim.itests.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/** The unpacked distribution that the build has just made: its bundles, start levels and framework properties. */
final class Distribution {

    /** The level of the shell. Tests have none: it would read the standard input, and stop the platform at its end. */
    private static final int SHELL_LEVEL = 7;

    private static final Pattern FOLDER = Pattern.compile("(\\d+)-\\w+");
    private static final Path HOME = Path.of("../distribution/target/reclaim").toAbsolutePath().normalize();

    /** A bundle and the level at which it starts. */
    record Jar(Path file, int startLevel) {}

    private Distribution() {}

    static Path home() {
        return HOME;
    }

    /** The level that the framework has to reach. */
    static int startLevel() {
        return SHELL_LEVEL - 1;
    }

    /** All bundles but those of the shell. */
    static List<Jar> bundles() throws IOException {
        var found = new ArrayList<Jar>();
        for (var folder : list(HOME.resolve("bundles"))) {
            var name = FOLDER.matcher(folder.getFileName().toString());
            if (!name.matches()) {
                throw new IOException(folder + " says no start level");
            }
            int level = Integer.parseInt(name.group(1));
            if (level < SHELL_LEVEL) {
                list(folder).forEach(file -> found.add(new Jar(file, level)));
            }
        }
        return found;
    }

    /** The bundle whose file name begins with a name. */
    static Path jar(String name) throws IOException {
        return bundles().stream()
                .map(Jar::file)
                .filter(file -> file.getFileName().toString().startsWith(name + "-"))
                .findFirst()
                .orElseThrow();
    }

    /** The properties that the launcher sets as system properties. */
    static Map<String, String> systemProperties(Path runtime) {
        return Map.of(
                "reclaim.installation", HOME.toString(),
                "reclaim.home", HOME.toString(),
                "reclaim.runtime.dir", runtime.toString(),
                "reclaim.mode", "console");
    }

    /** The framework properties of {@code config.properties}; the watched folders are the test's own. */
    static Map<String, String> frameworkProperties(Path runtime) throws IOException {
        var file = new Properties();
        try (var reader = Files.newBufferedReader(HOME.resolve("conf/config.properties"))) {
            file.load(reader);
        }
        var properties = new HashMap<String, String>();
        for (var name : file.stringPropertyNames()) {
            var value = file.getProperty(name).strip();
            for (var variable : systemProperties(runtime).entrySet()) {
                value = value.replace("${" + variable.getKey() + "}", variable.getValue());
            }
            properties.put(name, value);
        }
        properties.put("felix.fileinstall.dir", settingsFolder(runtime) + "," + deployFolder(runtime));
        return properties;
    }

    /** Makes the folders that the platform watches. */
    static void createFolders(Path runtime) throws IOException {
        Files.createDirectory(settingsFolder(runtime));
        Files.createDirectory(deployFolder(runtime));
    }

    /** The folder that the platform watches for plug-ins. */
    static Path deployFolder(Path runtime) {
        return runtime.resolve("deploy");
    }

    /** The folder that the platform watches for its settings. */
    static Path settingsFolder(Path runtime) {
        return runtime.resolve("etc");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
