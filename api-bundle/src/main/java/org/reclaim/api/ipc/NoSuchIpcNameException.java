package org.reclaim.api.ipc;

/** Thrown when nothing of the wanted kind has a name, or not any more. Nothing was acquired. */
public class NoSuchIpcNameException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what was wanted.
     *
     * @param message such as {@code There is no queue 'orders'}
     */
    public NoSuchIpcNameException(String message) {
        super(message);
    }
}
