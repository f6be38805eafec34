package org.reclaim.orchestrator.internal.command;

/**
 * One operating-system process, told apart from later ones with the same number.
 *
 * @param pid   its number
 * @param start when it started, by the clock of {@link OsProcesses#now}
 */
record ProcessId(long pid, long start) {}
