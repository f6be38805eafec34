package org.reclaim.api.ipc;

/** What a process may do with a queue that it opens. */
public enum QueueAccess {
    /** Send. */
    SEND,
    /** Receive. */
    RECEIVE,
    /** Both, as the owner. */
    SEND_AND_RECEIVE;

    boolean maySend() {
        return this != RECEIVE;
    }

    boolean mayReceive() {
        return this != SEND;
    }
}
