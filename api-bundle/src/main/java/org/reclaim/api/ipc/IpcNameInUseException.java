package org.reclaim.api.ipc;

/** Thrown when something is to be created under a name that stands for something else. Nothing was acquired. */
public class IpcNameInUseException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what has the name.
     *
     * @param message such as {@code The name 'orders' is in use: queue 'orders' of process 3}
     */
    public IpcNameInUseException(String message) {
        super(message);
    }
}
