package org.reclaim.cli.internal;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.fd.FdManager;

/** {@code reclaim run}: a command as a process, with the terminal's streams and a temporary folder of its own. */
final class RunCommand {

    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final ProcessManager processes;
    private final Optional<FdManager> files;
    private final Terminal terminal;

    /**
     * Makes the command.
     *
     * @param files makes the temporary folder; without it the command gets none
     */
    RunCommand(ProcessManager processes, Optional<FdManager> files, Terminal terminal) {
        this.processes = processes;
        this.files = files;
        this.terminal = terminal;
    }

    /** The command's exit status, unless something of our own went wrong. */
    int run(Options options) {
        final ProcessSpec spec;
        final Optional<JsonReport> json;
        try {
            spec = spec(options);
            json = JsonReport.to(options.json());
        } catch (IllegalArgumentException e) {
            terminal.complain(e.getMessage());
            return ExitStatus.USAGE;
        } catch (IOException e) {
            terminal.complain(e.getMessage());
            return ExitStatus.FAILED;
        }
        try (var signals = new StopSignals()) {
            var end = startAndAwait(spec, signals);
            report(end);
            int status = end.exitStatus().orElse(ExitStatus.FAILED);
            return written(json, end) || status != ExitStatus.OK ? status : ExitStatus.FAILED;
        }
    }

    private ProcessEnd startAndAwait(ProcessSpec spec, StopSignals signals) {
        final ManagedProcess process;
        try {
            process = processes.start(spec);
        } catch (ProcessStartException e) {
            // A command that can't be executed has a status; then the cause says it as a shell would.
            terminal.complain(e.end().exitStatus().isPresent() ? e.getCause().getMessage() : e.getMessage());
            return e.end();
        }
        signals.end(process);
        try {
            return process.await(FOREVER).orElseGet(process::terminate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return process.terminate();
        }
    }

    private ProcessSpec spec(Options options) {
        var spec = ProcessSpec.command(name(options.command()), options.command())
                .withIo(Redirect.INHERIT, Redirect.INHERIT, Redirect.INHERIT)
                .withPreparation(this::temporaryFolder);
        return options.grace().map(spec::withGrace).orElse(spec);
    }

    private Map<String, String> temporaryFolder(long pid) throws IOException {
        if (files.isEmpty()) {
            terminal.complain("no temporary folder for the command: the type file_descriptors is not here");
            return Map.of();
        }
        var folder = files.get().createTemporaryDirectory(pid, "run-");
        return Map.of("TMPDIR", folder.get().path().toString());
    }

    private void report(ProcessEnd end) {
        var stats = end.cleanup().stats();
        var byType = stats.byType().entrySet().stream()
                .filter(type -> type.getValue() > 0)
                .map(type -> type.getKey() + " " + type.getValue())
                .collect(Collectors.joining(", "));
        var status = end.exitStatus().isPresent() ? " with status " + end.exitStatus().getAsInt() : "";
        terminal.complain("process %d (%s) ended%s; gave back %s in %d us".formatted(
                end.process().pid(),
                end.process().name(),
                status,
                byType.isEmpty() ? "nothing" : byType,
                stats.cleanupDurationMicros()));
        end.cleanup().errors().forEach(error -> terminal.complain("not given back: " + error));
    }

    private boolean written(Optional<JsonReport> json, ProcessEnd end) {
        try {
            if (json.isPresent()) {
                json.get().write(end);
            }
            return true;
        } catch (IOException e) {
            terminal.complain(e.getMessage());
            return false;
        }
    }

    /** The program's file name, as far as it is fit for a name; the spec itself checks the command. */
    private static String name(List<String> command) {
        var file = command.isEmpty() ? "" : command.getFirst();
        var name = file.substring(file.lastIndexOf('/') + 1).replaceAll("\\p{Cntrl}", "?");
        return name.isBlank() ? "command" : name.substring(0, Math.min(name.length(), ProcessSpec.MAX_NAME_LENGTH));
    }
}
