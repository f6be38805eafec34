package org.reclaim.api.ring;

import java.lang.foreign.MemorySegment;

/**
 * Where things are in the memory that the kernel shares with us, as io_uring_setup(2) answers; for the resource type
 * only. Offsets are in bytes, into the mapping that both queues share.
 *
 * @param submissionEntries how many entries the submission queue has, a power of two
 * @param completionEntries how many entries the completion queue has, a power of two, twice as many or more
 * @param submissionHead    written by the kernel
 * @param submissionTail    written by us
 * @param submissionFlags   written by the kernel
 * @param submissionArray   the indexes of submission queue entries, written by us
 * @param completionHead    written by us
 * @param completionTail    written by the kernel
 * @param completions       the completion queue entries, written by the kernel
 */
public record RingGeometry(
        int submissionEntries,
        int completionEntries,
        int submissionHead,
        int submissionTail,
        int submissionFlags,
        int submissionArray,
        int completionHead,
        int completionTail,
        int completions) {

    /** The size of a submission queue entry, in bytes. */
    public static final int SUBMISSION_BYTES = 64;

    /** The size of a completion queue entry, in bytes. */
    public static final int COMPLETION_BYTES = 16;

    /**
     * For the resource type only.
     *
     * @param submissionEntries how many
     * @param completionEntries how many
     * @param submissionHead    offset
     * @param submissionTail    offset
     * @param submissionFlags   offset
     * @param submissionArray   offset
     * @param completionHead    offset
     * @param completionTail    offset
     * @param completions       offset
     */
    public RingGeometry {
        requirePowerOfTwo("submissionEntries", submissionEntries);
        requirePowerOfTwo("completionEntries", completionEntries);
    }

    /**
     * How long the mapping of both queues is.
     *
     * @return in bytes
     */
    public long queuesByteSize() {
        return Math.max(
                submissionArray + (long) submissionEntries * Integer.BYTES,
                completions + (long) completionEntries * COMPLETION_BYTES);
    }

    /**
     * How long the mapping of the submission queue entries is.
     *
     * @return in bytes
     */
    public long entriesByteSize() {
        return (long) submissionEntries * SUBMISSION_BYTES;
    }

    /** Checks both mappings. */
    void requireFits(MemorySegment queues, MemorySegment entries) {
        if (queues.byteSize() < queuesByteSize() || entries.byteSize() < entriesByteSize()) {
            throw new IllegalArgumentException("The mappings have " + queues.byteSize() + " and " + entries.byteSize()
                    + " bytes, must have " + queuesByteSize() + " and " + entriesByteSize() + " or more");
        }
    }

    private static void requirePowerOfTwo(String name, int value) {
        if (value < 1 || Integer.bitCount(value) != 1) {
            throw new IllegalArgumentException(name + " is " + value + ", must be a power of two");
        }
    }
}
