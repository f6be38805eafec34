package org.reclaim.orchestrator.internal.command;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.reclaim.api.ProcessSpec;

/** Shell commands, and what the kernel says of their processes. */
final class Shells {

    /** Long enough for a busy machine; only a failing test waits for it. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final OsProcesses OS = OsProcesses.ofThisSystem();

    private Shells() {}

    static ProcessSpec sh(String script) {
        return ProcessSpec.command("test", "sh", "-c", script);
    }

    /** The pid that a script writes into a file: {@code echo $! >file}. */
    static long pidIn(Path file) {
        until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As {@link #pidIn}, once it is what it wants to be: before that the process is a shell. */
    static long sleeperIn(Path file) {
        long pid = pidIn(file);
        until(() -> find(pid).name().equals("sleep"));
        return pid;
    }

    static boolean isAlive(long pid) {
        try {
            return OS.find(pid).filter(found -> !found.isGone()).isPresent();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static OsProcess find(long pid) throws IOException {
        return OS.find(pid).orElseThrow();
    }

    /** The children of this JVM, those included that have ended and that nobody has waited for. */
    static List<OsProcess> childrenOfJvm() throws IOException {
        return OS.all().stream().filter(found -> found.parent() == OS.self()).toList();
    }

    /** Says what children the JVM has, as {@link #childrenOfJvm}, and kills them: the next test is not to fail, too. */
    static List<OsProcess> leftovers() throws IOException {
        var left = childrenOfJvm();
        for (var child : left) {
            OS.send(child.id(), Signal.KILL);
        }
        for (var child : left) {
            until(() -> OS.find(child.id().pid()).isEmpty() || OS.reap(child.id()));
        }
        return left;
    }

    /** The processes that have a certain argument. */
    static List<Long> withArgument(String argument) {
        return ProcessHandle.allProcesses()
                .filter(found -> List.of(found.info().arguments().orElse(new String[0])).contains(argument))
                .map(ProcessHandle::pid)
                .toList();
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    /** Ends what a test left alone on purpose. */
    static void kill(long pid) throws IOException {
        OS.send(find(pid).id(), Signal.KILL);
    }
}
