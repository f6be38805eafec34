package org.reclaim.api.ipc;

/** What a name stands for. Shared by all who have opened it; made by its owner. */
abstract sealed class NamedObject permits QueueObject, TopicObject, MemoryObject {

    private final IpcNamespace namespace;
    private final String name;
    private final long ownerPid;

    NamedObject(IpcNamespace namespace, String name, long ownerPid) {
        this.namespace = namespace;
        this.name = name;
        this.ownerPid = ownerPid;
    }

    final String name() {
        return name;
    }

    final long ownerPid() {
        return ownerPid;
    }

    /** What it is, for people. */
    abstract String kind();

    /** Whether others can get at it by its name. */
    abstract boolean isOpen();

    /** Gives the name back, unless that has been done. */
    final void forgetName() {
        namespace.forget(this);
    }

    /** Refuses a use: by its owner it was closed for everybody. */
    final IpcClosedException closedByOwner() {
        return new IpcClosedException(
                this, true, this + " is gone: its owner has closed it, or the owner's process has ended");
    }

    /** Refuses a use: a process has closed it for itself. */
    final IpcClosedException closedBy(long pid) {
        return new IpcClosedException(
                this, false, this + " was closed by process " + pid + " for itself, or process " + pid + " has ended");
    }

    @Override
    public final String toString() {
        return kind() + " '" + name + "' of process " + ownerPid;
    }
}
