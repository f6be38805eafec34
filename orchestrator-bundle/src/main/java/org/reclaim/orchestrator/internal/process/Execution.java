package org.reclaim.orchestrator.internal.process;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.reclaim.api.TypeOutcome;

/** What runs in a process: nothing, a thread or a command. */
interface Execution {

    /** A process in which nothing runs. */
    Execution NONE = new Execution() {};

    /** Asks it to stop; does not wait. */
    default void requestStop() {}

    /**
     * Waits until it has stopped, or the time is up; then stops it by force if that is possible. May be called again
     * after an interrupt.
     *
     * @param grace what is left of the grace time, may be zero
     * @return what was killed, or is suspect; empty if there is nothing to say
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    default Optional<TypeOutcome> awaitStop(Duration grace) throws InterruptedException {
        return Optional.empty();
    }

    /** The operating system's pid. */
    default OptionalLong osPid() {
        return OptionalLong.empty();
    }

    /** How it exited. */
    default OptionalInt exitStatus() {
        return OptionalInt.empty();
    }
}
