package org.reclaim.orchestrator.internal.command;

import java.util.List;

/**
 * What {@link Command#killRest} did. Processes are named as in {@code pid 1234 (sleep)}.
 *
 * @param killed    how many processes besides the command itself were killed and are gone
 * @param names     which
 * @param suspects  orphans that the JVM has adopted since the command was started, and that run on because nothing
 *                  tells whether they are this command's
 * @param survivors what belongs to the command and is still there, the command itself included
 */
public record KillReport(int killed, List<String> names, List<String> suspects, List<String> survivors) {

    /** Copies the lists. */
    public KillReport {
        names = List.copyOf(names);
        suspects = List.copyOf(suspects);
        survivors = List.copyOf(survivors);
    }
}
