package org.reclaim.launcher;

import java.io.IOException;
import java.io.PrintStream;

/** {@code reclaim status}: what the running platform tells about itself. */
final class StatusCommand {
    private StatusCommand() {
    }

    /** The exit status: 0 if it runs, {@link ExitStatus#NOT_RUNNING} if it is only just starting or stopping. */
    static int run(RunningPlatform platform, PrintStream out) throws IOException {
        var connection = platform.connect();
        if (connection.isEmpty()) {
            out.println("starting or stopping: process " + platform.pid());
            return ExitStatus.NOT_RUNNING;
        }
        try (var client = connection.get()) {
            return client.status();
        }
    }
}
