package org.reclaim.api.ipc;

/**
 * How much a queue holds at most, as the attributes of mq_open(3). Counted in full for its owner from the start,
 * whether it is filled or not, as the kernel does for {@code RLIMIT_MSGQUEUE}, getrlimit(2).
 *
 * @param maxMessages     messages, from 1 to {@value #MAX_MESSAGES}
 * @param maxMessageBytes bytes of one message, from 1 to {@value #MAX_MESSAGE_BYTES}
 */
public record QueueLimits(int maxMessages, int maxMessageBytes) {

    /** The most messages that a queue can hold. */
    public static final int MAX_MESSAGES = 65_536;

    /** The most bytes that a message can have: 16 MiB. */
    public static final int MAX_MESSAGE_BYTES = 16 << 20;

    /**
     * Refuses what is out of range.
     *
     * @throws IllegalArgumentException if one of them is
     */
    public QueueLimits {
        requireInRange("maxMessages", maxMessages, MAX_MESSAGES);
        requireInRange("maxMessageBytes", maxMessageBytes, MAX_MESSAGE_BYTES);
    }

    private static void requireInRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", must be from 1 to " + max);
        }
    }

    /**
     * What counts for the owner.
     *
     * @return in bytes: all messages, each as long as it may be
     */
    public long byteSize() {
        return (long) maxMessages * maxMessageBytes;
    }

    /**
     * For people.
     *
     * @return such as {@code 100 x 4096 bytes}
     */
    @Override
    public String toString() {
        return maxMessages + " x " + maxMessageBytes + " bytes";
    }
}
