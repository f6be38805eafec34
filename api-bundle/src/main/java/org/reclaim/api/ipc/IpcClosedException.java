package org.reclaim.api.ipc;

/**
 * Thrown by a use of a queue, topic or subscription that is closed, and to wake whoever waits when it is closed. Says
 * which, and who closed it: its owner, for everybody; or the user's own process, for itself.
 */
public final class IpcClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final long ownerPid;
    private final boolean ownerGone;

    IpcClosedException(NamedObject object, boolean ownerGone, String message) {
        super(message);
        this.name = object.name();
        this.ownerPid = object.ownerPid();
        this.ownerGone = ownerGone;
    }

    /**
     * What was closed.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    /**
     * Whose it was.
     *
     * @return the pid of its owner, from 1
     */
    public long ownerPid() {
        return ownerPid;
    }

    /**
     * Who closed it.
     *
     * @return true if the owner did, or its process has ended: it is gone for everybody. False if the process that used
     *         it closed it for itself, or has ended
     */
    public boolean isOwnerGone() {
        return ownerGone;
    }
}
