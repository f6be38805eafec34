package org.reclaim.launcher;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reclaim.syscalls.SessionCalls;
import org.reclaim.syscalls.SystemCalls;

/**
 * {@code reclaim cache}: makes the {@linkplain AotCache files that shorten the start}. Each is what a JVM has learned
 * in one run of the kind that it is for: a platform for one command, and a client of a running one.
 */
final class CacheCommand {
    /** What a file is for, and the command that does it. */
    private static final List<List<String>> RUNS = List.of(
            List.of("platform", "run", "--", "true"),
            List.of("client", "converse"));

    private final AotCache cache;
    private final PrintStream out;
    private final PrintStream err;

    private CacheCommand(AotCache cache, PrintStream out, PrintStream err) {
        this.cache = cache;
        this.out = out;
        this.err = err;
    }

    /** The exit status: 0 if the files are there. */
    static int run(Installation installation, PrintStream out, PrintStream err) throws IOException {
        if (Boolean.getBoolean(AotCache.BACKGROUND) && SystemCalls.supported()) {
            // The end of the terminal, and the keys that are pressed there, are not meant for it.
            SessionCalls.newSession();
        }
        var cache = AotCache.of(installation);
        if (cache.isEmpty()) {
            throw new IOException("there is no place for a cache: RECLAIM_CACHE, XDG_CACHE_HOME or HOME must be an"
                    + " absolute path");
        }
        if (!cache.get().hasPlace()) {
            throw new IOException("can't write to " + cache.get().folder());
        }
        return new CacheCommand(cache.get(), out, err).make();
    }

    private int make() throws IOException {
        // Never deleted, so that it is the same for all.
        try (var channel = FileChannel.open(in("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var lock = Boolean.getBoolean(AotCache.BACKGROUND) ? channel.tryLock() : channel.lock();
            if (lock == null) {
                return ExitStatus.OK;   // somebody else makes it
            }
            int status = ExitStatus.OK;
            if (!cache.isCurrent() || !Files.exists(cache.file(RUNS.getFirst().getFirst()))) {
                status = makeLocked();
            }
            if (status == ExitStatus.OK) {
                out.println("reclaim: the cache is " + cache.folder());
            }
            return status;
        }
    }

    private int makeLocked() throws IOException {
        // As it was before: what changes meanwhile makes it stale.
        var ingredients = cache.ingredients();
        int status = ExitStatus.OK;
        deleteFiles();
        for (var run : RUNS) {
            var file = cache.file(run.getFirst());
            var made = make(run.getFirst(), run.subList(1, run.size()));
            if (made.isPresent()) {
                Files.move(made.get(), file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                err.println("reclaim: the cache could not be made: see " + logOf(run.getFirst()));
                status = ExitStatus.FAILED;
            }
        }
        // After a failure, too: it would fail again.
        cache.seal(ingredients);
        deleteObsolete();
        return status;
    }

    /** Runs a command, and has its JVM write down what it has learned; empty if that fails. */
    private Optional<Path> make(String name, List<String> arguments) throws IOException {
        // No plug-in that somebody has deployed is to be started by this.
        var home = new Home(in("home"), true).create();
        var made = in(name + ".new");
        Files.deleteIfExists(made);
        var command = new ArrayList<>(List.of(cache.program().toString(), "--home", home.path().toString()));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("RECLAIM_CACHE", "none");
        // A name without its folder, in which there may be spaces.
        builder.environment().put("RECLAIM_OPTS", "-XX:AOTCacheOutput=" + made.getFileName());
        try {
            int status = builder.directory(cache.folder().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(logOf(name).toFile())
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
            if (status != ExitStatus.OK || !Files.exists(made) || Files.size(made) == 0) {
                return Optional.empty();
            }
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            return Optional.of(made);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Trees.delete(home.path());
        }
    }

    /** Of this build and of others. */
    private void deleteFiles() throws IOException {
        try (var files = Files.newDirectoryStream(cache.folder(), "*.aot")) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    /** Of installations and Javas that are gone. */
    private void deleteObsolete() throws IOException {
        try (var installations = Files.newDirectoryStream(cache.folder().getParent().getParent())) {
            for (var installation : installations) {
                deleteObsolete(installation);
            }
        }
    }

    private static void deleteObsolete(Path installation) throws IOException {
        boolean isEmpty = true;
        try (var javas = Files.newDirectoryStream(installation)) {
            for (var java : javas) {
                if (AotCache.isObsolete(java)) {
                    Trees.delete(java);
                } else {
                    isEmpty = false;
                }
            }
        }
        if (isEmpty) {
            Files.delete(installation);
        }
    }

    private Path logOf(String name) {
        return in(name + ".log");
    }

    private Path in(String name) {
        return cache.folder().resolve(name);
    }
}
