package org.reclaim.api.ring;

/**
 * What is left of an {@link IoUring} that nobody can use any more; for the resource type only, which unmaps and closes
 * it, once.
 *
 * @param queues          the address of the mapping of both queues
 * @param queuesByteSize  its size, in bytes
 * @param entries         the address of the mapping of the submission queue entries
 * @param entriesByteSize its size, in bytes
 * @param wakeUp          the descriptor of the event
 * @param descriptor      the descriptor of the instance
 */
public record RingRemains(
        long queues, long queuesByteSize, long entries, long entriesByteSize, int wakeUp, int descriptor) {}
