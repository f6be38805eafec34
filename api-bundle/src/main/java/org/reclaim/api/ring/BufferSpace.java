package org.reclaim.api.ring;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** The buffers of an instance, given away from their beginning on. Thread-safe. */
final class BufferSpace {

    private final MemorySegment buffers;
    private final String label;
    private final AtomicLong allocated = new AtomicLong();

    BufferSpace(RingSetup setup) {
        buffers = setup.buffers();
        label = setup.label();
    }

    /** See {@link IoUring#allocate}. */
    MemorySegment allocate(long byteSize, long alignment) {
        if (byteSize < 1 || byteSize > buffers.byteSize()) {
            throw new IllegalArgumentException(
                    "byteSize is " + byteSize + ", must be 1 to " + buffers.byteSize());
        }
        if (alignment < 1 || alignment > IoUringManager.BUFFERS_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment is " + alignment + ", must be a power of two from 1 to "
                    + IoUringManager.BUFFERS_ALIGNMENT);
        }
        while (true) {
            long end = allocated.get();
            long begin = end + alignment - 1 & -alignment;
            if (begin > buffers.byteSize() - byteSize) {
                throw new IllegalStateException(label + " has " + (buffers.byteSize() - end) + " of "
                        + buffers.byteSize() + " bytes free, which is too few for " + byteSize);
            }
            if (allocated.compareAndSet(end, begin + byteSize)) {
                return buffers.asSlice(begin, byteSize);
            }
        }
    }
}
