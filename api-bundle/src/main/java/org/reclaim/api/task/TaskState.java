package org.reclaim.api.task;

/** Where a task is in its life. It moves downwards; a periodic one goes between the first two until it is over. */
public enum TaskState {
    /** It waits for its time, its next run, or a processor. */
    SCHEDULED,
    /** Its code runs. */
    RUNNING,
    /**
     * It was cancelled, and its thread has not stopped yet. For an instant, unless its code ignores interrupts: then
     * until that returns by itself.
     */
    CANCELLING,
    /** Its code has returned. */
    SUCCEEDED,
    /** Its code has thrown. */
    FAILED,
    /** It was cancelled, by somebody or by the end of its process, and its thread has stopped. */
    CANCELLED;

    /**
     * Tells whether a task in this state will run no more.
     *
     * @return true for {@link #SUCCEEDED}, {@link #FAILED} and {@link #CANCELLED}
     */
    public boolean isFinal() {
        return compareTo(SUCCEEDED) >= 0;
    }
}
