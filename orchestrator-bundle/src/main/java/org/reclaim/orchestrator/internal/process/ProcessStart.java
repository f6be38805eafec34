package org.reclaim.orchestrator.internal.process;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.orchestrator.internal.command.Command;
import org.reclaim.orchestrator.internal.command.Commands;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares a process that has its pid, and starts what runs in it: at once, or when it has got a place. */
final class ProcessStart {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessStart.class);

    private final Processes processes;
    private final ProcessRecord process;
    private final ProcessSpec spec;

    /** What a task runs on: made by who wants it started, whose context class loader it inherits. */
    private Optional<TaskExecution> task = Optional.empty();

    /** What the preparation said. Written before it waits for a place. */
    private Map<String, String> environment = Map.of();

    ProcessStart(Processes processes, ProcessRecord process, ProcessSpec spec) {
        this.processes = processes;
        this.process = process;
        this.spec = spec;
    }

    ProcessRecord process() {
        return process;
    }

    /** Starts it, leaves it waiting, or ends it. On the thread of who wants it started. */
    void run() {
        try {
            prepareAndStart();
        } catch (ProcessStartException e) {
            throw e;
        } catch (RuntimeException | Error e) { // such as no memory for a thread: nobody else would ever end it
            throw failed(cannotStart(e), e);
        }
    }

    private void prepareAndStart() {
        environment = prepare();
        if (spec.kind() == ProcessKind.TASK) {
            task = Optional.of(new TaskExecution(
                    process, spec.task(), cause -> processes.endIfFirst(process, cause)));
        }
        switch (spec.kind()) {
            case LOGICAL -> {
                if (!runs()) {
                    throw endedMeanwhile();
                }
            }
            case TASK, COMMAND -> startOrWait();
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

    private void startOrWait() {
        switch (processes.places().admit(this, spec)) {
            case PLACE -> startHere();
            case WAITS -> LOG.debug("{} waits for a place", process);
            case ENDED -> throw endedMeanwhile();
        }
    }

    private void startHere() {
        if (spec.kind() == ProcessKind.COMMAND) {
            var command = launch(spec.priority());
            watcher(() -> awaitExit(command)).start();
        } else if (!startTask()) {
            throw endedMeanwhile();
        }
    }

    /**
     * Starts it, now that it has got a place. Neither waits nor throws: the caller has other things to do. If it is
     * being ended, that end gives the place back.
     *
     * @param priority what it was when it got the place
     */
    void begin(int priority) {
        try {
            if (spec.kind() == ProcessKind.TASK) {
                startTask();
            } else {
                watcher(() -> launchAndAwaitExit(priority)).start(); // to start a command takes its time
            }
        } catch (RuntimeException | Error e) { // as in run()
            LOG.warn("{}", cannotStart(e), e);
            endSoon(EndCause.failed(cannotStart(e)));
        }
    }

    private void endSoon(EndCause cause) {
        try {
            processes.endSoon(process, cause);
        } catch (RuntimeException | Error e) { // no memory for any thread: late is better than never
            LOG.warn("{} is ended by a thread that has other things to do", process, e);
            processes.endIfFirst(process, cause);
        }
    }

    private boolean startTask() {
        // The lock keeps an end from looking what runs between the change of state and the start.
        synchronized (process.startLock()) {
            boolean runs = runs();
            if (runs) {
                task.get().start();
                process.execution(task.get());
            }
            return runs;
        }
    }

    /** Says that it runs, and begins its run time; false if it is being ended. */
    private boolean runs() {
        boolean runs = process.run();
        if (runs) {
            spec.maxRunTime().ifPresent(maximum -> processes.runTimes().begin(process, maximum));
        }
        return runs;
    }

    private Thread watcher(Runnable work) {
        var thread = Thread.ofPlatform()
                .daemon()
                .name("reclaim-command-" + process.pid())
                .inheritInheritableThreadLocals(false)
                .unstarted(work);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    private Command launch(int priority) {
        Exception failure = null;
        // As for tasks. What went wrong is thrown outside, because that ends the process.
        synchronized (process.startLock()) {
            if (runs()) {
                try {
                    var command = processes.commands().start(process.pid(), spec.withPriority(priority), environment);
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

    private void launchAndAwaitExit(int priority) {
        Command command;
        try {
            command = launch(priority);
        } catch (ProcessStartException e) { // who started the process has gone long since; its end says why, too
            LOG.warn("{}", e.getMessage());
            return;
        } catch (RuntimeException | Error e) { // as in run()
            LOG.warn("{}", cannotStart(e), e);
            processes.end(process, EndCause.failed(cannotStart(e)));
            return;
        }
        awaitExit(command);
    }

    private void awaitExit(Command command) {
        try {
            command.waitForExit();
        } catch (InterruptedException e) {
            // Nobody has a reference to this thread, so nobody interrupts it; if somebody does, the process is ended.
            Thread.currentThread().interrupt();
        }
        processes.endIfFirst(process, EndCause.of(EndReason.EXITED));
    }

    private String cannotStart(Throwable why) {
        return process + " can't be started: " + Failures.describe(why);
    }

    private ProcessStartException failed(String message, Throwable cause) {
        return new ProcessStartException(message, processes.end(process, EndCause.failed(message, cause)), cause);
    }

    private ProcessStartException endedMeanwhile() {
        var end = processes.end(process, EndCause.terminated());
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
