package org.reclaim.rings.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reclaim.rings.internal.IoUringSetup.SetupCall;
import org.reclaim.syscalls.Errno;
import org.reclaim.syscalls.IoUringCalls;
import org.reclaim.syscalls.SystemCallException;

/** Kernels without io_uring, that forbid it, that are too old, or short of something. */
class LimitationTest {

    private static final long FEATURES = 20;

    @Test
    void thereIsNoneWhereTheKernelHasIt() {
        try (var reclaim = new Platform()) {
            assertThat(reclaim.manager().limitation()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "38, 'The kernel has no io_uring: needed is Linux 5.11 or newer, built with CONFIG_IO_URING"
                + " (io_uring_setup: ENOSYS)'",
        "1, 'io_uring is forbidden here: by a seccomp filter, as containers have it, or by a security module"
                + " (io_uring_setup: EPERM)'"
    })
    void whereThereIsNoneOpeningSaysWhyAndTheRestWorks(int errno, String message) throws Exception {
        assertUnsupported(failing(errno), message);
    }

    @Test
    void anOldKernelIsToldApart() throws Exception {
        assertUnsupported((entries, params) -> {
            int descriptor = IoUringCalls.setUp(entries, params);
            params.set(JAVA_INT, FEATURES, 0x7f);
            return descriptor;
        }, "io_uring of this kernel is too old: its features are 0x7f, needed are 0x16f, Linux 5.11 or newer");
    }

    @Test
    void whereTheOperatingSystemIsAnotherOneTheCallsSaySo() throws Exception {
        assertUnsupported((entries, params) -> {
            throw new UnsupportedOperationException("syscall is not there");
        }, "syscall is not there");
    }

    @Test
    void tooLittleMemoryIsNoLimitationButAFailure() {
        try (var reclaim = new Platform(new RingsType(failing(Errno.ENOMEM)))) {
            long pid = reclaim.start();

            assertThatThrownBy(() -> reclaim.manager().open(pid, 1, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("RLIMIT_MEMLOCK")
                    .hasRootCauseInstanceOf(SystemCallException.class);
        }
    }

    @Test
    void otherErrorsComeAsTheyAre() {
        try (var reclaim = new Platform(new RingsType(failing(24)))) {
            long pid = reclaim.start();

            assertThatThrownBy(() -> reclaim.manager().open(pid, 1, 0))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("io_uring_setup 1 entries: Too many open files (EMFILE, errno 24)");
        }
    }

    private static void assertUnsupported(SetupCall call, String message) throws IOException {
        var before = Platform.baseline();
        try (var reclaim = new Platform(new RingsType(call))) {
            long pid = reclaim.start();

            assertThatThrownBy(() -> reclaim.manager().open(pid, 8, 100))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(message);

            assertThat(reclaim.manager().limitation()).hasValue(message);
            assertThat(Platform.held()).isEqualTo(before);
            assertThat(reclaim.manager().openPipe(pid).get().sink().isOpen()).isTrue();
        }
    }

    private static SetupCall failing(int errno) {
        return (entries, params) -> {
            throw new SystemCallException("io_uring_setup", entries + " entries", errno);
        };
    }
}
