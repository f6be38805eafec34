package org.reclaim.api.ipc;

/** Which message of a queue is received next. */
public enum QueueOrder {
    /** The oldest. Priorities are handed on, and change nothing. */
    FIFO,
    /** The one of the highest priority, among equals the oldest; as mq_receive(3). */
    PRIORITY
}
