package org.reclaim.api.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * What an {@link IoUring} is made of; for the resource type only.
 *
 * @param pid        the owner
 * @param descriptor what io_uring_setup(2) returned
 * @param wakeUp     an eventfd(2) that does not block
 * @param arena      of all memory below, shared; closing it unmaps nothing
 * @param queues     the mapping of both queues
 * @param entries    the mapping of the submission queue entries
 * @param geometry   where things are in it
 * @param buffers    memory for users; may be empty
 * @param calls      the system calls
 */
public record RingSetup(
        long pid,
        int descriptor,
        int wakeUp,
        Arena arena,
        MemorySegment queues,
        MemorySegment entries,
        RingGeometry geometry,
        MemorySegment buffers,
        RingCalls calls) {

    /**
     * Checks what it is made of.
     *
     * @param pid        the owner
     * @param descriptor of the instance
     * @param wakeUp     of the event
     * @param arena      of all memory
     * @param queues     mapping
     * @param entries    mapping
     * @param geometry   offsets
     * @param buffers    memory
     * @param calls      system calls
     */
    public RingSetup {
        Objects.requireNonNull(arena, "arena");
        Objects.requireNonNull(buffers, "buffers");
        Objects.requireNonNull(calls, "calls");
        geometry.requireFits(queues, entries);
    }

    /** What is to be unmapped and closed when the arena is closed. */
    RingRemains remains() {
        return new RingRemains(
                queues.address(), queues.byteSize(), entries.address(), entries.byteSize(), wakeUp, descriptor);
    }

    /** As people see it. */
    String label() {
        return "io_uring " + geometry.submissionEntries() + " entries, fd " + descriptor;
    }
}
