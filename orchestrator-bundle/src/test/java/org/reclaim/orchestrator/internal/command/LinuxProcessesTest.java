package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(OS.LINUX)
class LinuxProcessesTest {

    private final LinuxProcesses os = new LinuxProcesses();
    private Process sleeper;
    private ProcessId id;

    @BeforeEach
    void start() throws Exception {
        sleeper = new ProcessBuilder("sleep", "1000").start();
        id = os.find(sleeper.pid()).orElseThrow().id();
    }

    @AfterEach
    void end() throws InterruptedException {
        sleeper.destroyForcibly().waitFor();
    }

    @Test
    void aProcessIsSeenAsTheKernelKnowsIt() throws Exception {
        var seen = os.find(sleeper.pid()).orElseThrow();

        assertThat(seen.name()).isEqualTo("sleep");
        assertThat(seen.parent()).isEqualTo(ProcessHandle.current().pid());
        assertThat(seen.state()).isEqualTo(OsProcess.State.RUNNING);
        assertThat(seen.describe()).isEqualTo("pid " + sleeper.pid() + " (sleep)");
        assertThat(os.all()).contains(seen).anyMatch(process -> process.id().pid() == os.self());
    }

    @Test
    void aProcessThatWasWaitedForIsNotThere() throws Exception {
        sleeper.destroyForcibly().waitFor();

        assertThat(os.find(sleeper.pid())).isEmpty();
        assertThat(os.send(id, Signal.KILL)).isFalse();
        assertThat(os.sendByNumber(id, Signal.KILL)).isFalse();
        assertThat(os.reap(id)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL", "TERM", "STOP"})
    void aSignalDoesNotReachAnotherProcessThatGotTheNumber(Signal signal) throws Exception {
        var former = new ProcessId(id.pid(), id.start() - 1);

        assertThat(os.send(former, signal)).isFalse();
        assertThat(os.sendByNumber(former, signal)).isFalse();

        assertThat(sleeper.isAlive()).isTrue();
        assertThat(Shells.find(id.pid()).state()).isEqualTo(OsProcess.State.RUNNING);
    }

    @Test
    void aStoppedProcessIsSeenAsStoppedAndGoesOnWhenItIsTold() throws Exception {
        assertThat(os.send(id, Signal.STOP)).isTrue();
        Shells.until(() -> Shells.find(id.pid()).state() == OsProcess.State.STOPPED);

        assertThat(os.send(id, Signal.CONT)).isTrue();
        Shells.until(() -> Shells.find(id.pid()).state() == OsProcess.State.RUNNING);
    }

    @Test
    void oldKernelsAreSentSignalsByNumber() throws Exception {
        assertThat(os.sendByNumber(id, Signal.TERM)).isTrue();

        assertThat(sleeper.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void nothingIsWaitedForThatRunsOrIsNoChildOrIsAnotherThanMeant() throws Exception {
        var init = Shells.find(1).id();
        var former = new ProcessId(id.pid(), id.start() - 1);

        for (var process : List.of(id, init, former)) {
            assertThat(os.reap(process)).as("%s", process).isFalse();
        }
        os.send(id, Signal.KILL);
        assertThat(sleeper.waitFor()).isEqualTo(128 + 9);
    }

    @Test
    void aNameMayHoldWhatStructuresTheLine() {
        var parsed = LinuxProcesses.parse(stat("7", "a) Z 1 (b\n", "S", "5", "1", "42"));

        assertThat(parsed).isEqualTo(
                new OsProcess(new ProcessId(7, 42), 5, "a) Z 1 (b?", OsProcess.State.RUNNING));
    }

    @Test
    void aZombieIsGoneUnlessOtherThreadsOfItGoOn() {
        assertThat(LinuxProcesses.parse(stat("7", "x", "Z", "5", "1", "42")).isGone()).isTrue();
        assertThat(LinuxProcesses.parse(stat("7", "x", "Z", "5", "2", "42")).isGone()).isFalse();
        assertThat(LinuxProcesses.parse(stat("7", "x", "X", "5", "0", "42")).isGone()).isTrue();
        assertThat(LinuxProcesses.parse(stat("7", "x", "T", "5", "1", "42")).state())
                .isEqualTo(OsProcess.State.STOPPED);
        // Stopped by a tracer: that is not for us to end.
        assertThat(LinuxProcesses.parse(stat("7", "x", "t", "5", "1", "42")).state())
                .isEqualTo(OsProcess.State.RUNNING);
    }

    private static String stat(String pid, String name, String state, String parent, String threads, String start) {
        return pid + " (" + name + ") " + state + " " + parent + " 1 2 0 -1 4194560 123 0 0 0 1 0 0 0 20 0 "
                + threads + " 0 " + start + " 8445952 421 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0\n";
    }
}
