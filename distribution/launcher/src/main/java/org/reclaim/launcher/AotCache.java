package org.reclaim.launcher;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The files that let a JVM begin with the classes of an earlier run, loaded, checked and linked: for each installation
 * and each Java that runs it a folder in the user's cache, which {@code bin/reclaim} finds. {@link CacheCommand} makes
 * them.
 *
 * <p>They only save time. The JVM checks that one was made by the same JVM, and it compares classes of bundles byte by
 * byte; what does not fit it leaves out, in silence. Classes of the class path it does <em>not</em> check (JDK 25), so
 * the names of the files have the checksum of the launcher's jars in them, which the build has written into
 * {@code lib/build}. What the files were made of is written down beside them: that tells whether they should be made
 * anew.
 *
 * <p>Uses {@link File} and no lambdas: it runs at the end of each short command.
 *
 * @param installation whose start the files shorten
 * @param folder       where they are; it need not be there
 */
record AotCache(Installation installation, Path folder) {
    /** System property from {@code bin/reclaim}: the file that this JVM could have begun with. */
    static final String FILE = "reclaim.cache";
    /** System property: that nobody waits for the command {@code cache}. */
    static final String BACKGROUND = "reclaim.cache.background";

    private static final String MADE_OF = "made-of";

    /** The one of this installation and this Java; empty if the user wants none, or has no place for it. */
    static Optional<AotCache> of(Installation installation) {
        var file = System.getProperty(FILE);
        if (file == null) {
            return Optional.empty();
        }
        return Optional.of(new AotCache(installation, Path.of(file).getParent()));
    }

    /**
     * A file of it.
     *
     * @param kind what it is for
     */
    Path file(String kind) throws IOException {
        return folder.resolve(kind + "-" + Files.readString(installation.build()).strip() + ".aot");
    }

    /** Has it made by another process, which outlives this one, unless it is there and fits. */
    void renewInBackground() throws IOException {
        if (isCurrent() || !hasPlace()) {
            return;
        }
        // It has time. Who runs a command now should not notice it.
        var builder = new ProcessBuilder("nice", "-n", "19", program().toString(), "cache");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("RECLAIM_OPTS", "-D" + BACKGROUND + "=true");
        builder.directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /** The start script. */
    Path program() {
        return installation.home().resolve("bin").resolve("reclaim");
    }

    /** Whether it was made of what is there now, with success or without. */
    boolean isCurrent() {
        try {
            return Files.readString(folder.resolve(MADE_OF)).equals(ingredients());
        } catch (IOException e) {
            // It is not there, or is of no use: it has to be made, as far as that can be done.
            return false;
        }
    }

    /** Writes down what it was made of. */
    void seal(String ingredients) throws IOException {
        Files.writeString(folder.resolve(MADE_OF), ingredients);
    }

    /** The folder is there now, for its owner only; false if it can't be, on a disk that is read-only for one. */
    boolean hasPlace() {
        try {
            Files.createDirectories(folder, RuntimeFolders.CREATE_OWNER_ONLY);
            return Files.isWritable(folder);
        } catch (IOException e) {
            // There is no cache then, and nobody was promised one.
            return false;
        }
    }

    /**
     * Whether a folder beside or near this one belongs to an installation or a Java that is gone.
     *
     * @param other of another installation or another Java
     */
    static boolean isObsolete(Path other) throws IOException {
        try {
            var lines = Files.readAllLines(other.resolve(MADE_OF));
            return lines.size() < 2 || !Files.exists(Path.of(lines.get(0))) || !Files.exists(Path.of(lines.get(1)));
        } catch (NoSuchFileException e) {
            return false;   // it is being made
        }
    }

    /**
     * What it is made of: the installation, the Java, and each jar with its size and its time. The first two lines are
     * paths that are there as long as it is of use.
     */
    String ingredients() {
        var text = new StringBuilder(4096);
        text.append(program()).append('\n');
        text.append(System.getProperty("java.home")).append('\n');
        text.append(System.getProperty("java.vm.name")).append(' ').append(System.getProperty("java.vm.version"));
        text.append('\n');
        append(text, installation.home().resolve("lib").toFile());
        append(text, installation.home().resolve("bundles").toFile());
        return text.toString();
    }

    private static void append(StringBuilder text, File folder) {
        var entries = folder.list();
        if (entries == null) {
            return;
        }
        Arrays.sort(entries);
        for (var name : entries) {
            var file = new File(folder, name);
            if (name.endsWith(".jar")) {
                text.append(name).append(' ').append(file.length()).append(' ').append(file.lastModified());
                text.append('\n');
            } else {
                append(text, file);
            }
        }
    }
}
