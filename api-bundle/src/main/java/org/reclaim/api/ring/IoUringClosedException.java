package org.reclaim.api.ring;

/** Thrown when an {@link IoUring} is used whose process ends, or whose handle was closed: event loops end here. */
public class IoUringClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Names the instance.
     *
     * @param ring what identifies it
     */
    public IoUringClosedException(String ring) {
        super(ring + " is closed: its process is ending or has ended, or its handle was closed");
    }
}
