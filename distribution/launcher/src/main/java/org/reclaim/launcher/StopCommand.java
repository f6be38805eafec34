package org.reclaim.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** {@code reclaim stop}: ends the platform of a home, which ends all processes first, and waits for it. */
final class StopCommand {
    /** Longer than the platform itself waits for anything: all processes have 30 s, the framework 40 s. */
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private StopCommand() {
    }

    /** The exit status: 0 if the platform is gone. */
    static int run(RunningPlatform platform, PrintStream err) throws IOException {
        long start = System.nanoTime();
        var connection = platform.connectWhenReady();
        if (connection.isEmpty()) {
            return ExitStatus.OK;   // somebody else has stopped it
        }
        long pid;
        try (var client = connection.get()) {
            pid = client.pid();
            int status = client.stop();
            if (status != ExitStatus.OK) {
                return status;
            }
        }
        // Its connection shows that this process has that pid now, and the handle knows when that one began.
        var process = ProcessHandle.of(pid);
        while (platform.isAlive() || process.isPresent() && process.get().isAlive()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                err.println("reclaim: process " + pid + " is still there after "
                        + TimeUnit.NANOSECONDS.toSeconds(DEADLINE_NANOS) + " s; its log says what holds it up, "
                        + "jstack " + pid + " what it does, and kill -9 " + pid + " ends it: the next start tidies up");
                return ExitStatus.FAILED;
            }
            RunningPlatform.pause();
        }
        return ExitStatus.OK;
    }
}
