/**
 * Signals of processes, type {@code signals}: handlers of the real POSIX signals that reach the JVM and of signals that
 * processes send each other, a block mask and a bounded queue of pending signals for each process. Thread-safe.
 *
 * <p>It is what signal(7) describes, with processes of the platform in the place of those of the operating system, and
 * these differences, which all come from the handlers being Java code:
 * <ul>
 *   <li>A handler interrupts nobody. It runs on a thread that the process has for it; the handlers of one process run
 *       one after the other.
 *   <li>Signals queue as real-time signals do, each with its sender; none is merged with another of the same number. So
 *       the queue can be full, which the sender is told.
 *   <li>Handlers of the same signal stack: the latest one counts, and when it goes the one before it is back.
 *   <li>The JVM has only one disposition for each of its real signals. The first handler of a process replaces the
 *       JVM's own, and after the last one that is back. All processes that have a handler of it get the signal.
 * </ul>
 *
 * <p>Everything that the JVM, a thread or a table keeps for this type is a class of this package or of the JDK, so
 * handlers go on being called while the bundle of the type is replaced.
 */
@Export
@Version("1.0.0")
package org.reclaim.api.signal;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
