package org.reclaim.orchestrator.internal.process;

import java.util.function.Supplier;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.table.Owners;
import org.reclaim.orchestrator.internal.table.TreeLimits;

/** Gives processes their pids and makes them known, as many as there may be. */
final class Register {

    private final Owners owners;
    private final Supplier<Settings> settings;
    private final Listeners listeners;

    Register(Owners owners, Supplier<Settings> settings, Listeners listeners) {
        this.owners = owners;
        this.settings = settings;
        this.listeners = listeners;
    }

    /**
     * Enters a new process.
     *
     * @param spec   what it is
     * @param parent its parent, or null
     * @return the process, known by its pid
     * @throws ResourceLimitException if there are as many as there may be
     * @throws ProcessEndedException  if the parent is ending
     */
    ProcessRecord enter(ProcessSpec spec, ProcessRecord parent) {
        owners.places().take(limits(parent), settings.get().processesInTotal());
        boolean entered = false;
        try {
            var process = parent == null ? alone(spec) : child(spec, parent);
            entered = true;
            return process;
        } finally {
            if (!entered) {
                owners.places().giveBack(limits(parent));
            }
        }
    }

    private ProcessRecord alone(ProcessSpec spec) {
        var process = new ProcessRecord(owners.nextPid(), spec, null, listeners);
        owners.add(process);
        return process;
    }

    private ProcessRecord child(ProcessSpec spec, ProcessRecord parent) {
        var process = new ProcessRecord(owners.nextPid(), spec, parent, listeners);
        boolean added = false;
        try {
            added = parent.addChild(process, count -> requireRoom(parent, count), owners::add);
        } finally {
            if (!added) {
                owners.giveUp(process.pid());
            }
        }
        if (!added) {
            throw new ProcessEndedException(parent.pid(), "start children");
        }
        return process;
    }

    private void requireRoom(ProcessRecord parent, long children) {
        long limit = settings.get().childrenPerProcess();
        if (children >= limit) {
            throw owners.places().refuseChild(parent.pid(), limit, children);
        }
    }

    /** Makes the process of a bundle, which no limit counts; not known yet. */
    ProcessRecord bundle(String name) {
        return new ProcessRecord(owners.nextPid(), name, listeners);
    }

    /** Gives back what entering took; once for each. */
    void ended(ProcessRecord process) {
        if (!process.isBundle()) {
            owners.places().giveBack(limits(process.parent().orElse(null)));
        }
    }

    private static TreeLimits limits(ProcessRecord parent) {
        return parent == null ? null : parent.limits();
    }
}
