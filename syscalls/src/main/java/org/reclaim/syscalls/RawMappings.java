package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory mapped from descriptors that the JDK can't map, mmap(2). Unlike the JDK's own, such a mapping is taken away by
 * a call of its own: only after the arena of every segment that shows it was closed. Thread-safe.
 */
public final class RawMappings {

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_POPULATE = 0x1 | 0x8000;

    private static final MethodHandle MMAP = SystemCalls.link(
            "mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = SystemCalls.link("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);

    private RawMappings() {}

    /**
     * Maps what a descriptor offers, shared, for reading and writing, its pages present from the start.
     *
     * @param descriptor open for reading and writing
     * @param offset     where in it
     * @param byteSize   how much, from 1
     * @return the address
     * @throws SystemCallException           if it can't be mapped
     * @throws UnsupportedOperationException where there is no such call
     */
    public static long map(int descriptor, long offset, long byteSize) throws SystemCallException {
        return SystemCalls.invoke("mmap", "descriptor " + descriptor, errno -> ((MemorySegment) MMAP.invokeExact(
                        errno, MemorySegment.NULL, byteSize, PROT_READ_WRITE, MAP_SHARED_POPULATE, descriptor, offset))
                .address());
    }

    /**
     * Shows a mapping in an arena. Closing the arena makes every access throw, and leaves the mapping where it is.
     *
     * @param address  from {@link #map}
     * @param byteSize as it was mapped
     * @param arena    whose closing ends the segment
     * @return all of it
     */
    @SuppressWarnings("restricted")   // what was mapped is that long, and stays until the arena is closed
    public static MemorySegment show(long address, long byteSize, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
    }

    /**
     * Takes a mapping away.
     *
     * @param address  from {@link #map}; every segment that showed it is dead
     * @param byteSize as it was mapped
     * @throws SystemCallException if the kernel has no such mapping
     */
    public static void unmap(long address, long byteSize) throws SystemCallException {
        SystemCalls.invoke("munmap", "0x" + Long.toHexString(address), errno ->
                (int) MUNMAP.invokeExact(errno, address, byteSize));
    }
}
