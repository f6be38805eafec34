package org.reclaim.api.ipc;

/** A message queue. */
final class QueueObject extends NamedObject {

    private final QueueOrder order;
    private final QueueLimits limits;
    private final MessageBuffer messages;
    private volatile boolean open = true;

    QueueObject(IpcNamespace namespace, String name, long ownerPid, QueueOrder order, QueueLimits limits) {
        super(namespace, name, ownerPid);
        this.order = order;
        this.limits = limits;
        this.messages = new MessageBuffer(limits.maxMessages(), order);
    }

    QueueOrder order() {
        return order;
    }

    QueueLimits limits() {
        return limits;
    }

    MessageBuffer messages() {
        return messages;
    }

    @Override
    String kind() {
        return "queue";
    }

    @Override
    boolean isOpen() {
        return open;
    }

    /** Ends it for everybody. */
    void close() {
        open = false;
        messages.close();
        forgetName();
    }
}
