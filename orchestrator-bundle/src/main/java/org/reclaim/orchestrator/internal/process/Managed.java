package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Optional;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;

/** A process as its starter sees it. */
record Managed(Processes processes, ProcessRecord process) implements ManagedProcess {

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public ProcessInfo info() {
        return process.latest();
    }

    @Override
    public Optional<ProcessEnd> await(Duration timeout) throws InterruptedException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must not be negative");
        }
        return process.awaitEnd(timeout);
    }

    @Override
    public ProcessEnd terminate() {
        return processes.end(process, EndCause.terminated());
    }

    @Override
    public void close() {
        terminate();
    }

    @Override
    public String toString() {
        return process.toString();
    }
}
