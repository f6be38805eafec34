package org.reclaim.api;

/** Thrown when a process could not be started. Everything that it had acquired is freed. */
public class ProcessStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ProcessEnd end;

    /**
     * Says what failed.
     *
     * @param message what could not be done
     * @param end     how the process ended
     * @param cause   why
     */
    public ProcessStartException(String message, ProcessEnd end, Throwable cause) {
        super(message, cause);
        this.end = end;
    }

    /**
     * The end of the process that was not started.
     *
     * @return what was freed
     */
    public ProcessEnd end() {
        return end;
    }
}
