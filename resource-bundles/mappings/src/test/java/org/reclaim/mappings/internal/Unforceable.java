package org.reclaim.mappings.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.SystemCalls;

/** Makes forcing a mapping fail, by putting something below it that msync(2) refuses: memory of memfd_secret(2). */
final class Unforceable {

    private static final long SYS_MEMFD_SECRET = 447;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_FIXED = 0x11;
    private static final long PAGE = 4096;

    private static final MethodHandle MEMFD_SECRET =
            SystemCalls.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FTRUNCATE = SystemCalls.link("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MMAP =
            SystemCalls.link("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);

    private Unforceable() {}

    /** Does it to the first page. Nothing must be in it that matters; unmapping the segment takes it away. */
    static void make(MemorySegment segment) throws IOException {
        long descriptor = SystemCalls.attempt(errno -> (long) MEMFD_SECRET.invokeExact(errno, SYS_MEMFD_SECRET, 0));
        assumeTrue(descriptor >= 0, "the kernel has no secret memory");
        int secret = (int) descriptor;
        try {
            SystemCalls.invoke("ftruncate", secret, errno -> (int) FTRUNCATE.invokeExact(errno, secret, PAGE));
            SystemCalls.invoke("mmap", secret, errno -> ((MemorySegment) MMAP.invokeExact(
                            errno, segment, PAGE, PROT_READ_WRITE, MAP_SHARED_FIXED, secret, 0L))
                    .address());
        } finally {
            DescriptorCalls.close(secret);
        }
    }
}
