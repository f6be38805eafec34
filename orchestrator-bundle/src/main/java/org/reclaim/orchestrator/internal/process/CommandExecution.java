package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.command.Command;
import org.reclaim.orchestrator.internal.command.KillReport;

/** An operating-system command, with everything below it. */
final class CommandExecution implements Execution {

    /** How long the kernel may take to end what was killed. */
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(5);

    private final Command command;

    CommandExecution(Command command) {
        this.command = command;
    }

    @Override
    public void requestStop() {
        if (!command.isExited()) {
            command.terminate();
        }
    }

    @Override
    public Optional<TypeOutcome> awaitStop(Duration grace) throws InterruptedException {
        long start = System.nanoTime();
        // A command that has exited by itself had its time: what it left below is not waited for.
        if (!command.isExited()) {
            command.awaitGone(grace);
        }
        var report = command.killRest(KILL_DEADLINE);
        return outcome(report, Duration.ofNanos(System.nanoTime() - start));
    }

    private static Optional<TypeOutcome> outcome(KillReport report, Duration duration) {
        if (report.killed() == 0 && report.suspects().isEmpty() && report.survivors().isEmpty()) {
            return Optional.empty();
        }
        var detail = new StringBuilder();
        append(detail, "killed ", report.names());
        append(detail, "not killed, may be its orphans: ", report.suspects());
        append(detail, "survived SIGKILL: ", report.survivors());
        var status = !report.survivors().isEmpty()
                ? Status.LEAKED
                : report.killed() > 0 ? Status.FREED : Status.EMPTY;
        var stats = CleanupStats.of(
                TypeOutcome.OS_PROCESSES, report.killed(), 0, report.survivors().size(), duration);
        return Optional.of(new TypeOutcome(TypeOutcome.OS_PROCESSES, status, stats, detail.toString()));
    }

    private static void append(StringBuilder detail, String what, Iterable<String> names) {
        if (names.iterator().hasNext()) {
            detail.append(detail.isEmpty() ? "" : "; ").append(what).append(String.join(", ", names));
        }
    }

    @Override
    public OptionalLong osPid() {
        return OptionalLong.of(command.osPid());
    }

    @Override
    public OptionalInt exitStatus() {
        return command.exitStatus();
    }
}
