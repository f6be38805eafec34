package org.reclaim.cli.internal.control;

/** Something that the platform does for a client as long as the client wants it. */
interface ClientWork {

    /**
     * Does it; on a thread of its own.
     *
     * @return the exit status
     * @throws Exception if it fails in a way that it has not told the client
     */
    int run() throws Exception;

    /**
     * Makes it end soon: interrupts what it runs. Any thread, any time, also before it runs; repeated without effect.
     */
    void cancel();

    /** The client's terminal has another size now. */
    default void resize(WindowSize size) {}
}
