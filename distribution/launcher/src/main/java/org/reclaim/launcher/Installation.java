package org.reclaim.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
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
     * The framework properties of {@code conf/config.properties}. A system property of the same name wins, so that
     * one start can differ from the others; those named {@code reclaim.*} need not be in the file.
     * {@code ${name}} stands for a system property.
     */
    Map<String, String> configuration() throws IOException {
        var file = home.resolve("conf").resolve("config.properties");
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        for (var name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("reclaim.") || properties.containsKey(name)) {
                properties.setProperty(name, System.getProperty(name));
            }
        }
        var configuration = new HashMap<String, String>();
        for (var name : properties.stringPropertyNames()) {
            configuration.put(name, substitute(name, properties.getProperty(name).strip(), file));
        }
        return configuration;
    }

    private static String substitute(String name, String value, Path file) throws IOException {
        var matcher = VARIABLE.matcher(value);
        var result = new StringBuilder();
        while (matcher.find()) {
            var variable = matcher.group(1);
            var replacement = System.getProperty(variable);
            if (replacement == null) {
                throw new IOException(file + ": " + name + " uses ${" + variable + "}, which is not set");
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
