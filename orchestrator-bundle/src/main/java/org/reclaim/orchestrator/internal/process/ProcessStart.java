package org.reclaim.orchestrator.internal.process;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.orchestrator.internal.command.Command;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.table.Failures;

/** Prepares a process that has its pid, and starts what runs in it. */
final class ProcessStart {

    private final Processes processes;
    private final ProcessRecord process;
    private final ProcessSpec spec;

    ProcessStart(Processes processes, ProcessRecord process, ProcessSpec spec) {
        this.processes = processes;
        this.process = process;
        this.spec = spec;
    }

    /** Starts it, or ends it. */
    void run() {
        try {
            prepareAndStart();
        } catch (ProcessStartException e) {
            throw e;
        } catch (RuntimeException | Error e) { // such as no memory for a thread: nobody else would ever end it
            throw failed(process + " can't be started: " + Failures.describe(e), e);
        }
    }

    private void prepareAndStart() {
        var environment = prepare();
        switch (spec.kind()) {
            case LOGICAL -> {
                if (!process.run()) {
                    throw endedMeanwhile();
                }
            }
            case TASK -> startTask();
            case COMMAND -> startCommand(environment);
            case BUNDLE -> throw new IllegalStateException("No spec is of kind BUNDLE");
        }
    }

    private Map<String, String> prepare() {
        try {
            return new HashMap<>(spec.preparation().prepare(process.pid()));
        } catch (Throwable t) { // foreign code: whatever it throws, what it acquired so far is freed
            if (t instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw failed("The preparation of " + process + " failed: " + Failures.describe(t), t);
        }
    }

    private void startTask() {
        var task = new TaskExecution(process, spec.task(), reason -> processes.endIfFirst(process, reason));
        // The lock keeps an end from looking what runs between the change of state and the start.
        boolean started;
        synchronized (process.startLock()) {
            started = process.run();
            if (started) {
                task.start();
                process.execution(task);
            }
        }
        if (!started) {
            throw endedMeanwhile();
        }
    }

    private void startCommand(Map<String, String> environment) {
        var command = launch(environment);
        Thread.ofPlatform()
                .daemon()
                .name("reclaim-command-" + process.pid())
                .start(() -> awaitExit(command));
    }

    private Command launch(Map<String, String> environment) {
        Exception failure = null;
        // As for tasks. What went wrong is thrown outside, because that ends the process.
        synchronized (process.startLock()) {
            if (process.run()) {
                try {
                    var command = processes.commands().start(process.pid(), spec, environment);
                    process.execution(new CommandExecution(command));
                    return command;
                } catch (IOException | RuntimeException e) {
                    process.execution(new NotStarted(e));
                    failure = e;
                }
            }
        }
        throw failure == null
                ? endedMeanwhile()
                : failed("The command of " + process + " can't be started: " + failure.getMessage(), failure);
    }

    private void awaitExit(Command command) {
        try {
            command.waitForExit();
        } catch (InterruptedException e) {
            // Nobody has a reference to this thread, so nobody interrupts it; if somebody does, the process is ended.
            Thread.currentThread().interrupt();
        }
        processes.endIfFirst(process, EndReason.EXITED);
    }

    private ProcessStartException failed(String message, Throwable cause) {
        return new ProcessStartException(message, processes.end(process, EndReason.FAILED), cause);
    }

    private ProcessStartException endedMeanwhile() {
        ProcessEnd end = processes.end(process, EndReason.TERMINATED);
        return new ProcessStartException(process + " was ended while it was being started", end, null);
    }

    /** A command that could not be executed has the exit status that a shell would give. */
    private record NotStarted(Exception failure) implements Execution {

        @Override
        public OptionalInt exitStatus() {
            return failure instanceof IOException io
                    ? OptionalInt.of(Commands.exitStatusFor(io))
                    : OptionalInt.empty();
        }
    }
}
