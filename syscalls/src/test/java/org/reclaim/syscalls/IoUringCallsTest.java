package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class IoUringCallsTest {

    private static final long QUEUES = 0;
    private static final long ENTRIES = 0x1000_0000;
    private static final long SQ_TAIL = 44;
    private static final long SQ_ARRAY = 64;
    private static final long CQ_TAIL = 84;
    private static final long CQES = 100;

    @Test
    void anEntryThatDoesNothingCompletes() throws Throwable {
        int ring = -1;
        long queues = 0;
        long entries = 0;
        try (var scratch = Arena.ofConfined(); var arena = Arena.ofShared()) {
            var params = scratch.allocate(IoUringCalls.PARAMS_BYTES, 8);
            ring = IoUringCalls.setUp(1, params);
            assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + ring))).hasToString("anon_inode:[io_uring]");
            queues = RawMappings.map(ring, QUEUES, 4096);
            entries = RawMappings.map(ring, ENTRIES, 64);
            var shown = RawMappings.show(queues, 4096, arena);
            RawMappings.show(entries, 64, arena).set(JAVA_LONG, 32, 42); // IORING_OP_NOP with user data
            shown.set(JAVA_INT, params.get(JAVA_INT, SQ_ARRAY), 0);
            shown.set(JAVA_INT, params.get(JAVA_INT, SQ_TAIL), 1);
            var errno = arena.allocate(Linker.Option.captureStateLayout());

            long taken = (long) IoUringCalls.enterHandle().invokeExact(errno, ring, 1, 1, 1, 0L, 0L);

            assertThat(taken).isEqualTo(1);
            assertThat(shown.get(JAVA_INT, params.get(JAVA_INT, CQ_TAIL))).isEqualTo(1);
            assertThat(shown.get(JAVA_LONG, params.get(JAVA_INT, CQES))).isEqualTo(42);
        } finally {
            RawMappings.unmap(queues, 4096);
            RawMappings.unmap(entries, 64);
            DescriptorCalls.close(ring);
        }
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("[io_uring]");
    }

    @Test
    void aNumberOfEntriesThatTheKernelDoesNotTakeIsRefused() {
        try (var arena = Arena.ofConfined()) {
            var params = arena.allocate(IoUringCalls.PARAMS_BYTES, 8);

            assertThatThrownBy(() -> IoUringCalls.setUp(0, params))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("io_uring_setup 0 entries: Invalid argument (EINVAL, errno 22)");
        }
    }

    @Test
    void aMappingThatIsShownNoMoreCanBeUnmappedSafely() throws Exception {
        int event;
        try (var scratch = Arena.ofConfined()) {
            event = IoUringCalls.setUp(8, scratch.allocate(IoUringCalls.PARAMS_BYTES, 8));
        }
        long address = RawMappings.map(event, QUEUES, 4096);
        MemorySegment stale;
        try (var arena = Arena.ofConfined()) {
            stale = RawMappings.show(address, 4096, arena);
            assertThat(stale.get(JAVA_BYTE, 4095)).isZero();
        }

        RawMappings.unmap(address, 4096);
        DescriptorCalls.close(event);

        assertThatThrownBy(() -> stale.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> RawMappings.map(-1, 0, 4096)).hasMessageContaining("EBADF");
        assertThatThrownBy(() -> RawMappings.unmap(1, 1)).hasMessageContaining("munmap 0x1: ");
    }

    @Test
    void readWriteAndPollWork() throws Throwable {
        int event = FileCalls.event();
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(Linker.Option.captureStateLayout());
            var value = arena.allocateFrom(JAVA_LONG, 7);
            var descriptors = arena.allocate(8, 4);
            descriptors.set(JAVA_INT, 0, event);
            descriptors.set(JAVA_INT, 4, 1); // POLLIN
            var none = arena.allocate(16, 8);

            assertThat((int) IoUringCalls.ppollHandle()
                    .invokeExact(errno, descriptors, 1L, none, MemorySegment.NULL)).isZero();
            assertThat((long) IoUringCalls.writeHandle().invokeExact(errno, event, value, 8L)).isEqualTo(8);
            assertThat((int) IoUringCalls.ppollHandle()
                    .invokeExact(errno, descriptors, 1L, none, MemorySegment.NULL)).isEqualTo(1);
            value.set(JAVA_LONG, 0, 0);
            assertThat((long) IoUringCalls.readHandle().invokeExact(errno, event, value, 8L)).isEqualTo(8);
            assertThat(value.get(JAVA_LONG, 0)).isEqualTo(7);
            assertThat((int) IoUringCalls.closeHandle().invokeExact(errno, event)).isZero();
        }
        assertThatThrownBy(() -> DescriptorCalls.close(event)).hasMessageContaining("EBADF");
    }

    @Test
    @Timeout(60)
    void aHandleDoesNotKeepTheClassThatLinkedItAlive() throws Exception {
        var classes = IoUringCalls.class.getProtectionDomain().getCodeSource().getLocation();
        MethodHandle[] handles = new MethodHandle[5];
        var loader = linkElsewhere(classes, handles);

        while (loader.get() != null) {
            System.gc();
        }

        assertThat(handles).doesNotContainNull();
    }

    private static WeakReference<ClassLoader> linkElsewhere(URL classes, MethodHandle[] handles) throws Exception {
        try (var loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            var calls = loader.loadClass(IoUringCalls.class.getName());
            int i = 0;
            for (var name : new String[] {"enter", "ppoll", "read", "write", "close"}) {
                handles[i++] = (MethodHandle) calls.getMethod(name + "Handle").invoke(null);
            }
            return new WeakReference<>(loader);
        }
    }
}
