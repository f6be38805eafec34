package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.util.OptionalInt;
import org.reclaim.api.ProcessSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How nice a command is, by its priority: the more urgent, the less. With the usual priority it is as nice as the JVM,
 * with the lowest as nice as can be, with the highest not nice at all.
 */
final class Niceness {

    private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);
    private static final int LEAST = -20;
    private static final int MOST = 19;

    private Niceness() {}

    /** What to set; empty if it is as the JVM is, or if that can't be told. */
    static OptionalInt of(OsProcesses os, int priority) {
        if (priority == ProcessSpec.DEFAULT_PRIORITY) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(of(os.nice(), priority));
        } catch (IOException e) {
            LOG.debug("It can't be told how nice the JVM is: commands are as nice", e);
            return OptionalInt.empty();
        }
    }

    static int of(int ours, int priority) {
        int usual = ProcessSpec.DEFAULT_PRIORITY;
        return priority <= usual
                ? ours + (usual - priority) * (MOST - ours) / usual
                : ours - (priority - usual) * (ours - LEAST) / (ProcessSpec.MAX_PRIORITY - usual);
    }
}
