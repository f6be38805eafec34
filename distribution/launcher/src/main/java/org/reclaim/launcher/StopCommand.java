package org.reclaim.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** {@code reclaim stop}: ends the platform of a home, which ends all processes first, and waits for it. */
final class StopCommand {
    /** How much longer than for its processes it waits for the platform, which waits for all else itself. */
    private static final long MARGIN_MILLIS = StopDeadline.MARGIN_MILLIS + 20_000;

    private StopCommand() {
    }

    /** The exit status: 0 if the platform is gone. */
    static int run(RunningPlatform platform, PrintStream err) throws IOException {
        var connection = platform.connectWhenReady();
        if (connection.isEmpty()) {
            return ExitStatus.OK;   // somebody else has stopped it
        }
        long pid;
        long millis;
        try (var client = connection.get()) {
            pid = client.pid();
            int status = client.stop();
            if (status != ExitStatus.OK) {
                return status;
            }
            millis = client.stopMillis().orElse(StopDeadline.DEFAULT_MILLIS) + MARGIN_MILLIS;
        }
        long start = System.nanoTime();
        // Its connection shows that this process has that pid now, and the handle knows when that one began.
        var process = ProcessHandle.of(pid);
        while (platform.isAlive() || process.isPresent() && process.get().isAlive()) {
            if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(millis)) {
                err.println("reclaim: process " + pid + " is still there after "
                        + TimeUnit.MILLISECONDS.toSeconds(millis) + " s; its log says what holds it up, "
                        + "jstack " + pid + " what it does, and kill -9 " + pid + " ends it: the next start tidies up");
                return ExitStatus.FAILED;
            }
            RunningPlatform.pause();
        }
        return ExitStatus.OK;
    }
}
