package org.reclaim.api.ring;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/** Reads messages where they lie in a ring. */
@FunctionalInterface
@ConsumerType
public interface MessageHandler {

    /**
     * Reads one message. Called on the thread of {@link RingConsumer#poll}, once for each message; it must not call
     * that consumer. Whatever it throws ends that poll; the message counts as read.
     *
     * @param data   the data of the ring, read-only; the same segment for every message
     * @param offset where in {@code data} the message begins, in bytes; a multiple of 8
     * @param length its length, in bytes, from 0. The message is not to be looked at beyond it, nor after this call:
     *               the producer then writes over it
     */
    void onMessage(MemorySegment data, long offset, int length);
}
