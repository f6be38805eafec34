package org.reclaim.rings.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.RingCalls;
import org.reclaim.api.ring.RingGeometry;
import org.reclaim.api.ring.RingSetup;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.FileCalls;
import org.reclaim.syscalls.IoUringCalls;
import org.reclaim.syscalls.RawMappings;
import org.reclaim.syscalls.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes io_uring instances, or says why there are none. Nothing stays behind if it throws. */
final class IoUringSetup {

    private static final Logger LOG = LoggerFactory.getLogger(IoUringSetup.class);

    /** One mapping for both queues: 5.4. */
    private static final int FEAT_SINGLE_MMAP = 1;
    /** Completions are never dropped: 5.5. */
    private static final int FEAT_NODROP = 1 << 1;
    /** What an entry points to is needed only until it was submitted: 5.5. */
    private static final int FEAT_SUBMIT_STABLE = 1 << 2;
    /** Offset -1 means the current position: 5.6. */
    private static final int FEAT_RW_CUR_POS = 1 << 3;
    /** Waiting for a socket or pipe takes no thread of the kernel: 5.7. */
    private static final int FEAT_FAST_POLL = 1 << 5;
    /** All 32 bits of poll events: 5.9. */
    private static final int FEAT_POLL_32BITS = 1 << 6;
    /** Not used; it tells Linux 5.11, the oldest that this is meant for. */
    private static final int FEAT_EXT_ARG = 1 << 8;
    private static final int NEEDED = FEAT_SINGLE_MMAP | FEAT_NODROP | FEAT_SUBMIT_STABLE | FEAT_RW_CUR_POS
            | FEAT_FAST_POLL | FEAT_POLL_32BITS | FEAT_EXT_ARG;

    private static final long OFFSET_QUEUES = 0;
    private static final long OFFSET_ENTRIES = 0x1000_0000;
    private static final Path DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");

    // struct io_uring_params, io_uring_setup(2)
    private static final long PARAM_SQ_ENTRIES = 0;
    private static final long PARAM_CQ_ENTRIES = 4;
    private static final long PARAM_FEATURES = 20;
    private static final long PARAM_SQ_OFF = 40;
    private static final long PARAM_CQ_OFF = 80;

    private final SetupCall call;

    /** Apart, because linking takes time, and the bundle starts also where nobody wants an instance. */
    private static final class Calls {
        static final RingCalls ALL = new RingCalls(
                IoUringCalls.enterHandle(),
                IoUringCalls.ppollHandle(),
                IoUringCalls.readHandle(),
                IoUringCalls.writeHandle(),
                IoUringCalls.closeHandle());
    }

    IoUringSetup(SetupCall call) {
        this.call = call;
    }

    /** The calls that instances and what works on them are used by. */
    static RingCalls calls() {
        return Calls.ALL;
    }

    /** io_uring_setup(2), so that a test can take its place. */
    @FunctionalInterface
    interface SetupCall {
        int setUp(int entries, MemorySegment params) throws SystemCallException;
    }

    /** Why there is no io_uring, if so. */
    Optional<String> limitation() {
        try (var arena = Arena.ofConfined()) {
            DescriptorCalls.close(setUp(1, arena.allocate(IoUringCalls.PARAMS_BYTES, Long.BYTES)));
            return Optional.empty();
        } catch (UnsupportedOperationException | IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    IoUring open(long pid, int entries, long bufferBytes) throws IOException {
        try (var scratch = Arena.ofConfined(); var undo = new Undo()) {
            var params = scratch.allocate(IoUringCalls.PARAMS_BYTES, Long.BYTES);
            int descriptor = setUp(entries, params);
            undo.add(() -> DescriptorCalls.close(descriptor));
            int wakeUp = FileCalls.event();
            undo.add(() -> DescriptorCalls.close(wakeUp));
            var geometry = geometry(params);
            long queues = RawMappings.map(descriptor, OFFSET_QUEUES, geometry.queuesByteSize());
            undo.add(() -> RawMappings.unmap(queues, geometry.queuesByteSize()));
            long sqes = RawMappings.map(descriptor, OFFSET_ENTRIES, geometry.entriesByteSize());
            undo.add(() -> RawMappings.unmap(sqes, geometry.entriesByteSize()));
            var arena = Arena.ofShared();
            undo.add(arena::close);
            var ring = new IoUring(new RingSetup(
                    pid,
                    descriptor,
                    wakeUp,
                    arena,
                    RawMappings.show(queues, geometry.queuesByteSize(), arena),
                    RawMappings.show(sqes, geometry.entriesByteSize(), arena),
                    geometry,
                    arena.allocate(bufferBytes, IoUringManager.BUFFERS_ALIGNMENT),
                    calls()));
            undo.forget();
            return ring;
        }
    }

    private int setUp(int entries, MemorySegment params) throws IOException {
        int descriptor;
        try {
            descriptor = call.setUp(entries, params);
        } catch (SystemCallException e) {
            throw refusal(e);
        }
        int features = params.get(JAVA_INT, PARAM_FEATURES);
        if ((features & NEEDED) != NEEDED) {
            DescriptorCalls.close(descriptor);
            throw new UnsupportedOperationException("io_uring of this kernel is too old: its features are 0x"
                    + Integer.toHexString(features) + ", needed are 0x" + Integer.toHexString(NEEDED)
                    + ", Linux 5.11 or newer");
        }
        return descriptor;
    }

    private static IOException refusal(SystemCallException e) {
        return switch (e.errno()) {
            case Errno.ENOSYS -> throw unsupported(
                    "The kernel has no io_uring: needed is Linux 5.11 or newer, built with CONFIG_IO_URING", e);
            case Errno.EPERM, Errno.EACCES -> throw unsupported("io_uring is forbidden here: " + whoForbids(), e);
            case Errno.ENOMEM -> new IOException("Too little memory for io_uring, or too little that may be locked"
                    + " (RLIMIT_MEMLOCK, 'ulimit -l'): " + e.getMessage(), e);
            default -> e;
        };
    }

    private static UnsupportedOperationException unsupported(String message, SystemCallException cause) {
        return new UnsupportedOperationException(message + " (" + cause.call() + ": " + cause.errnoName() + ")", cause);
    }

    private static String whoForbids() {
        try {
            var value = Files.readString(DISABLED).strip();
            if (!value.equals("0")) {
                return "kernel.io_uring_disabled is " + value;
            }
        } catch (IOException e) {
            LOG.debug("Older than Linux 6.6, or hidden", e);
        }
        return "by a seccomp filter, as containers have it, or by a security module";
    }

    private static RingGeometry geometry(MemorySegment params) {
        return new RingGeometry(
                params.get(JAVA_INT, PARAM_SQ_ENTRIES),
                params.get(JAVA_INT, PARAM_CQ_ENTRIES),
                params.get(JAVA_INT, PARAM_SQ_OFF),
                params.get(JAVA_INT, PARAM_SQ_OFF + 4),
                params.get(JAVA_INT, PARAM_SQ_OFF + 16),
                params.get(JAVA_INT, PARAM_SQ_OFF + 24),
                params.get(JAVA_INT, PARAM_CQ_OFF),
                params.get(JAVA_INT, PARAM_CQ_OFF + 4),
                params.get(JAVA_INT, PARAM_CQ_OFF + 20));
    }
}
