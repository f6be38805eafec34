/**
 * Operating-system commands: starting them, and ending them with all that they left behind.
 *
 * <p>What belongs to a command is its {@link org.reclaim.orchestrator.internal.command.ProcessFamily}: the process
 * itself, what is below it, what was seen below it earlier and has another parent by now, and, where the JVM runs this
 * one command only, every orphan that the JVM has adopted since. Three things make ending it hard, and shape the code:
 * <ul>
 *   <li><b>Numbers are reused.</b> A process is a {@link org.reclaim.orchestrator.internal.command.ProcessId}, number
 *       and start time; signals go through descriptors that were compared with both.
 *   <li><b>Families grow while they are killed.</b> So all members are stopped first, until a look at the process table
 *       shows no new one (a stopped process can't fork), and killed then.
 *   <li><b>An adopted orphan stays in the process table until the JVM waits for it.</b> The JVM waits for exactly those
 *       that it knows not to be children of the JDK's making: members that have ended, and
 *       {@link org.reclaim.orchestrator.internal.command.OrphanReaper others} that nobody else has waited for over two
 *       looks. Waiting for any child would steal the exit status of somebody's {@link java.lang.Process}.
 * </ul>
 *
 * <p>{@link org.reclaim.orchestrator.internal.command.OsProcesses} is the operating system: Linux by its own calls,
 * others through {@link java.lang.ProcessHandle}, where nothing can be stopped and no orphan is adopted.
 */
package org.reclaim.orchestrator.internal.command;
