package org.reclaim.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Told of every change of the state of every process: a service that is registered under this interface, or, without
 * OSGi, one that was handed to the builder of the platform.
 *
 * <p>Each listener has a thread of its own, which calls it once for each transition: those of one process in order, and
 * all in the same order for all listeners, always after the fact. A listener that is slow, hangs or throws delays
 * nobody but itself. While it is more than some thousand transitions behind, it misses further ones, and the log says
 * so.
 */
@FunctionalInterface
@ConsumerType
public interface ProcessListener {

    /**
     * A process has another state.
     *
     * @param process the process; its state is the new one
     * @param before  the state that it had
     */
    void stateChanged(ProcessInfo process, ProcessState before);
}
