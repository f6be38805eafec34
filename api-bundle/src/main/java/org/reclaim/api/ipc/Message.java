package org.reclaim.api.ipc;

/** Some bytes, and how urgent they are. Immutable: its content was copied, and is copied again for whoever reads it. */
public final class Message {

    /** The highest priority, as on Linux, sysconf(3) {@code _SC_MQ_PRIO_MAX}. */
    public static final int MAX_PRIORITY = 32_767;

    private final byte[] content;
    private final int priority;

    private Message(byte[] content, int priority) {
        this.content = content.clone();
        this.priority = priority;
    }

    /**
     * A message of the lowest priority, 0.
     *
     * @param content copied; may be empty
     * @return the message
     */
    public static Message of(byte[] content) {
        return new Message(content, 0);
    }

    /**
     * A message.
     *
     * @param content  copied; may be empty
     * @param priority from 0 to {@value #MAX_PRIORITY}, the most urgent
     * @return the message
     * @throws IllegalArgumentException if {@code priority} is out of range
     */
    public static Message of(byte[] content, int priority) {
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("priority is " + priority + ", must be from 0 to " + MAX_PRIORITY);
        }
        return new Message(content, priority);
    }

    /**
     * Its bytes.
     *
     * @return a copy, the caller's own
     */
    public byte[] content() {
        return content.clone();
    }

    /**
     * Its size.
     *
     * @return in bytes, from 0
     */
    public int byteSize() {
        return content.length;
    }

    /**
     * How urgent it is.
     *
     * @return from 0 to {@value #MAX_PRIORITY}, the most urgent
     */
    public int priority() {
        return priority;
    }

    /**
     * For people.
     *
     * @return its size and priority
     */
    @Override
    public String toString() {
        return content.length + " bytes of priority " + priority;
    }
}
