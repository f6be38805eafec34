package org.reclaim.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the tests, each in a JVM of its own; closing it kills those that are still there. */
final class OtherJvms implements AutoCloseable {
    private final List<Process> all = new ArrayList<>();

    Process start(Class<?> program, Object... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), program.getName()));
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        all.add(process);
        return process;
    }

    List<Process> all() {
        return all;
    }

    @Override
    public void close() {
        all.forEach(Process::destroyForcibly);
    }
}
