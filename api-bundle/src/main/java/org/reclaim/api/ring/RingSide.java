package org.reclaim.api.ring;

/** The two sides of a zero-copy ring. */
public enum RingSide {
    /** Writes messages. */
    PRODUCER,
    /** Reads them. */
    CONSUMER;

    /**
     * The other one.
     *
     * @return who reads what this side writes, or the reverse
     */
    public RingSide peer() {
        return this == PRODUCER ? CONSUMER : PRODUCER;
    }

    /**
     * Where the header says whether the side is taken.
     *
     * @return {@link RingLayout#PRODUCER_STATE} or {@link RingLayout#CONSUMER_STATE}
     */
    public long stateOffset() {
        return this == PRODUCER ? RingLayout.PRODUCER_STATE : RingLayout.CONSUMER_STATE;
    }

    /**
     * Where the header says which process of the operating system has taken it.
     *
     * @return {@link RingLayout#PRODUCER_PID} or {@link RingLayout#CONSUMER_PID}
     */
    public long pidOffset() {
        return this == PRODUCER ? RingLayout.PRODUCER_PID : RingLayout.CONSUMER_PID;
    }

    /**
     * Where the header says in which pid namespace that pid means something.
     *
     * @return {@link RingLayout#PRODUCER_NAMESPACE} or {@link RingLayout#CONSUMER_NAMESPACE}
     */
    public long namespaceOffset() {
        return this == PRODUCER ? RingLayout.PRODUCER_NAMESPACE : RingLayout.CONSUMER_NAMESPACE;
    }

    @Override
    public String toString() {
        return this == PRODUCER ? "producer" : "consumer";
    }
}
