package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.EndReason;
import org.reclaim.api.TypeOutcome;
import org.reclaim.orchestrator.internal.cleanup.Stacks;
import org.reclaim.orchestrator.internal.table.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task on a platform thread of its own: it may block in whatever way it likes. */
final class TaskExecution implements Execution {

    private static final Logger LOG = LoggerFactory.getLogger(TaskExecution.class);

    private final ProcessRecord process;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;

    /**
     * Not started yet.
     *
     * @param process the process
     * @param task    foreign code
     * @param ended   called on the task's thread when it has returned or thrown
     */
    TaskExecution(ProcessRecord process, Runnable task, Consumer<EndCause> ended) {
        this.process = process;
        thread = Thread.ofPlatform()
                .daemon()
                .name("reclaim-task-" + process.pid())
                .unstarted(() -> ended.accept(run(task)));
    }

    void start() {
        thread.start();
    }

    private EndCause run(Runnable task) {
        try {
            CurrentProcess.run(process.pid(), task);
            return EndCause.of(EndReason.EXITED);
        } catch (Throwable t) { // foreign code: an Error, too, ends the process and not more
            return EndCause.failed(logFailure(t), t);
        } finally {
            done.countDown();
            // An interrupt that asked the task to stop must not hit the end of its process.
            Thread.interrupted();
        }
    }

    /** The stack is for the task's author. But to print it is to call the throwable, and that is foreign, too. */
    private String logFailure(Throwable failure) {
        var text = Failures.describe(failure);
        try {
            LOG.warn("The task of {} threw {}", process, text, failure);
        } catch (Throwable unprintable) {
            LOG.warn("The task of {} threw {}; its stack can't be had", process, text);
        }
        return "the task threw " + text;
    }

    @Override
    public void requestStop() {
        if (done.getCount() > 0) {
            thread.interrupt();
        }
    }

    @Override
    public Optional<TypeOutcome> awaitStop(Duration grace) throws InterruptedException {
        if (!done.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.warn(
                    "The task of {} did not stop within its grace time; its end goes on. Thread '{}' is at{}",
                    process,
                    thread.getName(),
                    Stacks.format(thread.getStackTrace()));
        }
        return Optional.empty();
    }
}
