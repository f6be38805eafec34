package org.reclaim.orchestrator.internal.process;

import org.reclaim.api.ProcessEndedException;

/** The process of a bundle. */
public final class OwnProcess {

    private final ProcessRecord process;

    OwnProcess(ProcessRecord process) {
        this.process = process;
    }

    ProcessRecord process() {
        return process;
    }

    /**
     * Its number.
     *
     * @throws ProcessEndedException if it is ending or has ended
     */
    public long pid() {
        if (process.isEnding()) {
            throw new ProcessEndedException(process.pid(), "hold anything for " + process.name());
        }
        return process.pid();
    }

    @Override
    public String toString() {
        return process.toString();
    }
}
