package org.reclaim.orchestrator.internal.schedule;

/**
 * A process in the queue.
 *
 * @param pid      the process
 * @param priority how urgent it is, from 0
 * @param group    its group
 * @param since    since when it waits: nanoseconds, from any moment that is the same for all
 * @param number   in which order they came
 */
public record Ticket(long pid, int priority, String group, long since, long number) {

    /** The same, more or less urgent. */
    public Ticket withPriority(int changed) {
        return new Ticket(pid, changed, group, since, number);
    }

    /** The same, of another group. */
    public Ticket withGroup(String changed) {
        return new Ticket(pid, priority, changed, since, number);
    }
}
