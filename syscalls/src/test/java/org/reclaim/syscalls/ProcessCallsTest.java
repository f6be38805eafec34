package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ProcessCallsTest {

    private static final int INIT = 1;

    @Test
    void aSignalSentThroughADescriptorReachesItsProcess() throws Exception {
        var child = sleeper();
        int pidfd = ProcessCalls.openPidfd((int) child.pid());
        try {
            ProcessCalls.sendSignal(pidfd, ProcessCalls.SIGTERM);

            assertThat(child.waitFor()).isEqualTo(128 + ProcessCalls.SIGTERM);
            // Waited for: the number may be somebody else's by now, and the descriptor still is not.
            var thrown = catchThrowableOfType(
                    SystemCallException.class, () -> ProcessCalls.sendSignal(pidfd, ProcessCalls.SIGKILL));
            assertThat(thrown.errno()).isEqualTo(Errno.ESRCH);
        } finally {
            DescriptorCalls.close(pidfd);
        }
    }

    @Test
    void aSignalSentByNumberReachesItsProcess() throws Exception {
        var child = sleeper();

        ProcessCalls.kill((int) child.pid(), ProcessCalls.SIGKILL);

        assertThat(child.waitFor()).isEqualTo(128 + ProcessCalls.SIGKILL);
    }

    @Test
    void aProcessThatIsNotThereIsNamed() throws Exception {
        var child = sleeper();
        child.destroyForcibly().waitFor();
        int gone = (int) child.pid();

        assertThatThrownBy(() -> ProcessCalls.openPidfd(gone)).hasMessageStartingWith("pidfd_open " + gone + ": ")
                .hasMessageEndingWith(" (ESRCH, errno 3)");
        assertThatThrownBy(() -> ProcessCalls.kill(gone, 0)).hasMessageStartingWith("kill " + gone + ": ")
                .hasMessageEndingWith(" (ESRCH, errno 3)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void numbersThatMeanManyProcessesAreRefused(int pid) {
        assertThatThrownBy(() -> ProcessCalls.kill(pid, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcessCalls.reap(pid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcessCalls.openPidfd(pid)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reapingLeavesAChildThatRunsAndRefusesAProcessThatIsNoChild() throws Exception {
        var child = sleeper();
        try {
            assertThat(ProcessCalls.reap((int) child.pid())).isFalse();
            assertThat(ProcessCalls.children()).isNotEqualTo(ProcessCalls.Children.NONE);

            var thrown = catchThrowableOfType(SystemCallException.class, () -> ProcessCalls.reap(INIT));
            assertThat(thrown.errno()).isEqualTo(Errno.ECHILD);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void anAdoptedOrphanIsAZombieUntilItIsReaped() throws Exception {
        boolean before = ProcessCalls.isChildSubreaper();
        ProcessCalls.setChildSubreaper(true);
        try {
            assertThat(ProcessCalls.isChildSubreaper()).isTrue();
            int orphan = orphan();
            assertThat(stat(orphan)).contains(" " + ProcessHandle.current().pid() + " ");

            ProcessCalls.kill(orphan, ProcessCalls.SIGKILL);

            awaitState(orphan, "Z");
            assertThat(ProcessCalls.children()).isEqualTo(ProcessCalls.Children.ENDED);
            assertThat(ProcessCalls.reap(orphan)).isTrue();
            assertThat(Path.of("/proc/" + orphan)).doesNotExist();
        } finally {
            ProcessCalls.setChildSubreaper(before);
        }
    }

    @Test
    void theClockIsThatOfTheStartTimesOfProcesses() throws Exception {
        long before = ProcessCalls.nanosSinceBoot();
        var child = sleeper();
        try {
            long startTicks = Long.parseLong(stat((int) child.pid()).split(" ")[21]);

            long nanosPerTick = TimeUnit.SECONDS.toNanos(1) / 100;
            assertThat(startTicks).isBetween(
                    before / nanosPerTick, ProcessCalls.nanosSinceBoot() / nanosPerTick);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static Process sleeper() throws IOException {
        return new ProcessBuilder("sleep", "1000").start();
    }

    /** A sleeper whose parent has ended. */
    private static int orphan() throws Exception {
        var shell = new ProcessBuilder("sh", "-c", "sleep 1000 >/dev/null & echo $!").start();
        int orphan = Integer.parseInt(shell.inputReader().readLine());
        shell.waitFor();
        return orphan;
    }

    private static void awaitState(int pid, String state) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!stat(pid).contains(") " + state + " ")) {
            assertThat(System.nanoTime()).as("waiting for %s: %s", state, stat(pid)).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static String stat(int pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).strip();
    }
}
