package org.reclaim.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The unpacked distribution. Nothing is ever written below it: it may be read-only and shared.
 *
 * @param home its folder
 */
record Installation(Path home) {
    /** Bundles that only the interactive console needs. */
    private static final String SHELL = "shell";
    private static final Pattern LEVEL = Pattern.compile("(\\d{1,3})-(\\w+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");

    /**
     * A bundle to install.
     *
     * @param jar        its file
     * @param startLevel from 1; the bundle starts when the framework gets there
     */
    record Jar(Path jar, int startLevel) {
    }

    /** The installation that this code is running from: its jar is in {@code lib/}. */
    static Installation ofThisCode() throws IOException {
        try {
            var jar = Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new Installation(jar.getParent().getParent());
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where the installation is", e);
        }
    }

    /** The file that has a checksum of the jars of the launcher. */
    Path build() {
        return home.resolve("lib").resolve("build");
    }

    /** The bundles, in the order in which they are to be installed. */
    List<Jar> bundles(boolean withShell) throws IOException {
        var found = new ArrayList<Jar>();
        for (var folder : sorted(home.resolve("bundles"))) {
            var name = LEVEL.matcher(folder.getFileName().toString());
            if (name.matches() && (withShell || !name.group(2).equals(SHELL))) {
                int level = Integer.parseInt(name.group(1));
                for (var file : sorted(folder)) {
                    if (file.toString().endsWith(".jar")) {
                        found.add(new Jar(file, level));
                    }
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException("no bundles in " + home.resolve("bundles"));
        }
        // By number: the folder names sort by character, which puts 10 before 2.
        found.sort(Comparator.comparingInt(Jar::startLevel));
        return found;
    }

    /**
     * The framework properties of {@code conf/config.properties}, and of the home's own on top of them. A system
     * property of the same name wins, so that one start can differ from the others; those named {@code reclaim.*} need
     * not be in a file. {@code ${name}} stands for a system property.
     */
    Map<String, String> configuration(Home of) throws IOException {
        var origins = new HashMap<String, String>();
        var properties = read(of, origins);
        var configuration = new HashMap<String, String>();
        for (var name : properties.stringPropertyNames()) {
            var value = properties.getProperty(name).strip();
            configuration.put(name, substitute(name, value, origins.getOrDefault(name, "system property")));
        }
        return configuration;
    }

    /** One of these properties as it is written, empty if it is not there. */
    String setting(Home of, String name) throws IOException {
        return read(of, new HashMap<>()).getProperty(name, "").strip();
    }

    private Properties read(Home of, Map<String, String> origins) throws IOException {
        var properties = new Properties();
        read(configurationFile(home), properties, origins);
        var own = configurationFile(of.path());
        if (of.named() && Files.exists(own)) {
            read(own, properties, origins);
        }
        for (var name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("reclaim.") || properties.containsKey(name)) {
                properties.setProperty(name, System.getProperty(name));
            }
        }
        return properties;
    }

    private static Path configurationFile(Path folder) {
        return folder.resolve("conf").resolve("config.properties");
    }

    private static void read(Path file, Properties properties, Map<String, String> origins) throws IOException {
        var read = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            read.load(reader);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new IOException(file + " can't be read: " + e, e);
        }
        for (var name : read.stringPropertyNames()) {
            properties.setProperty(name, read.getProperty(name));
            origins.put(name, file.toString());
        }
    }

    private static String substitute(String name, String value, String origin) throws IOException {
        var matcher = VARIABLE.matcher(value);
        var result = new StringBuilder();
        while (matcher.find()) {
            var variable = matcher.group(1);
            var replacement = System.getProperty(variable);
            if (replacement == null) {
                throw new IOException(origin + ": " + name + " uses ${" + variable + "}, which is not set");
            }
            matcher.appendReplacement(result, "");
            result.append(replacement);
        }
        return matcher.appendTail(result).toString();
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
