package org.reclaim.orchestrator.internal.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.reclaim.api.ProcessSpec;

/** Thrown when a command could not be started. Says what a shell would say. */
final class CommandStartException extends IOException {

    private static final long serialVersionUID = 1L;

    static final int CANNOT_EXECUTE = 126;
    static final int NOT_FOUND = 127;

    /** Where programs are looked for if the environment does not say it. */
    private static final String DEFAULT_PATH = "/bin" + File.pathSeparator + "/usr/bin";

    private final int exitStatus;

    /** Refused before anything was tried. */
    CommandStartException(String message) {
        super(message);
        exitStatus = CANNOT_EXECUTE;
    }

    private CommandStartException(String message, int exitStatus, IOException cause) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    /** Tells a program that is missing from one that can't be executed. */
    static CommandStartException of(ProcessSpec spec, IOException cause) {
        var program = spec.command().getFirst();
        var folder = spec.directory().filter(directory -> !Files.isDirectory(directory));
        if (folder.isPresent()) {
            return new CommandStartException(
                    program + ": the working folder " + folder.get() + " is no folder", CANNOT_EXECUTE, cause);
        }
        return isThere(program, spec.directory())
                ? new CommandStartException(program + ": can't be executed", CANNOT_EXECUTE, cause)
                : new CommandStartException(program + ": command not found", NOT_FOUND, cause);
    }

    int exitStatus() {
        return exitStatus;
    }

    /** Looks where the JDK looked: by the JVM's own PATH, and from the command's working folder. */
    private static boolean isThere(String program, Optional<Path> directory) {
        var base = directory.orElse(Path.of(""));
        if (program.contains("/") || program.contains(File.separator)) {
            return Files.exists(base.resolve(program));
        }
        var path = Optional.ofNullable(System.getenv("PATH")).orElse(DEFAULT_PATH);
        return Stream.of(path.split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isRegularFile(base.resolve(folder).resolve(program)));
    }
}
