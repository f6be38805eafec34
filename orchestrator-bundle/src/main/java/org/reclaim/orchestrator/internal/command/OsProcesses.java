package org.reclaim.orchestrator.internal.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.reclaim.syscalls.ProcessCalls.Children;
import org.reclaim.syscalls.SystemCalls;

/** The operating system's processes, and the JVM as one of them. Thread-safe. */
interface OsProcesses {

    /** What this system offers. */
    static OsProcesses ofThisSystem() {
        return SystemCalls.supported() ? new LinuxProcesses() : new PortableProcesses();
    }

    /** The number of the JVM's own process. */
    default long self() {
        return ProcessHandle.current().pid();
    }

    /** The time in the unit of {@link ProcessId#start}: what starts from now on has at least this. */
    long now() throws IOException;

    /**
     * Every process that can be seen, those included that have ended and that nobody has waited for. Not at one
     * moment: one that is started or loses its parent meanwhile may be missing or have its former parent.
     */
    List<OsProcess> all() throws IOException;

    /** The process that has a number now. */
    Optional<OsProcess> find(long pid) throws IOException;

    /**
     * Sends a signal, if the process is still the one meant and has not ended.
     *
     * @return whether it was sent
     * @throws IOException if the system refuses
     */
    boolean send(ProcessId process, Signal signal) throws IOException;

    /** How nice the JVM is: its commands are as nice, unless something else is said. */
    default int nice() throws IOException {
        return 0;
    }

    /**
     * Sets how nice all threads of a process are, and what they start from now on. Does nothing where that is not to be
     * had.
     *
     * @param nice from -20 to 19
     * @throws IOException if the system refuses
     */
    default void setNice(ProcessId process, int nice) throws IOException {
        // Nothing depends on it.
    }

    /** What is known of the JVM's children; costs the same however many processes there are. */
    Children children() throws IOException;

    /**
     * Removes a child of the JVM from the process table, if it has ended.
     *
     * @return false if it is still there, or is no child of the JVM, or not any more
     */
    boolean reap(ProcessId child) throws IOException;

    /** Whether {@link #adopt} can work here. */
    boolean canAdopt();

    /**
     * Makes the JVM the parent of what its descendants orphan, or no longer.
     *
     * @return whether it was before
     */
    boolean adopt(boolean on) throws IOException;
}
