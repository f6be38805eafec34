package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.signal.PosixSignal.CONT;
import static org.reclaim.api.signal.PosixSignal.HUP;
import static org.reclaim.api.signal.PosixSignal.KILL;
import static org.reclaim.api.signal.PosixSignal.STOP;
import static org.reclaim.api.signal.PosixSignal.TERM;
import static org.reclaim.api.signal.PosixSignal.USR1;
import static org.reclaim.api.signal.PosixSignal.USR2;
import static org.reclaim.api.signal.SignalScope.JVM;
import static org.reclaim.api.signal.SignalScope.PLATFORM;
import static org.reclaim.testing.Kernel.descriptors;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.testing.TestPlatform;

/** Signals to commands of the operating system. */
class CommandSignalsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestPlatform reclaim = new TestPlatform();
    private final SignalManager signals = reclaim.manager(SignalManager.class);
    private Map<Integer, String> descriptorsBefore;

    @TempDir
    private Path folder;

    @BeforeEach
    void look() {
        descriptorsBefore = descriptors();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aCommandHandlesWhatIsSentToIt() throws Exception {
        var command = shell("trap 'echo got; exit 3' USR1; echo ready; while :; do sleep 0.1; done");
        awaitOutput("ready");

        signals.send(command.pid(), USR1);

        var end = command.await(LONG).orElseThrow();
        assertThat(end.exitStatus()).hasValue(3);
        awaitOutput("got");
        assertThat(descriptors()).isEqualTo(descriptorsBefore);
    }

    @Test
    void aCommandMeetsTheDefaultActionInTheKernelAlsoOfSignalsThatTheJvmNeeds() throws Exception {
        for (var signal : List.of(TERM, KILL, USR2)) {
            var command = reclaim.processes().start(ProcessSpec.command("sleeper", "sleep", "1000"));

            signals.send(command.pid(), signal);

            assertThat(command.await(LONG).orElseThrow().exitStatus()).hasValue(128 + signal.number());
        }
    }

    @Test
    void aCommandCanBeStoppedAndLetGoOn() throws Exception {
        var command = reclaim.processes().start(ProcessSpec.command("sleeper", "sleep", "1000"));

        signals.send(command.pid(), STOP);
        await().until(() -> state(command).equals("T"));

        signals.send(command.pid(), CONT);
        await().until(() -> state(command).equals("S"));
    }

    @Test
    void allCommandsGetABroadcast() throws Exception {
        var first = shell("trap 'exit 4' USR1; echo ready; while :; do sleep 0.1; done");
        awaitOutput("ready");
        var second = reclaim.processes().start(ProcessSpec.command("sleeper", "sleep", "1000"));

        assertThat(signals.sendToAll(USR1).reached()).containsExactly(first.pid(), second.pid());

        assertThat(first.await(LONG).orElseThrow().exitStatus()).hasValue(4);
        assertThat(second.await(LONG).orElseThrow().exitStatus()).hasValue(128 + USR1.number());
    }

    @Test
    void aCommandThatHasEndedGetsNothing() throws Exception {
        var command = reclaim.processes().start(ProcessSpec.command("true", "true"));
        command.await(LONG).orElseThrow();

        assertThatThrownBy(() -> signals.send(command.pid(), TERM))
                .isInstanceOf(ProcessEndedException.class)
                .hasMessageEndingWith("it can no longer receive signals");
        assertThat(descriptors()).isEqualTo(descriptorsBefore);
    }

    @Test
    void aCommandThatIsAboutToStartGetsNothing() {
        var spec = ProcessSpec.command("never", "true").withPreparation(pid -> {
            assertThat(signals.sendToAll(HUP).refused().get(pid)).contains("was not started yet");
            signals.send(pid, HUP);
            return Map.of();
        });

        assertThatThrownBy(() -> reclaim.processes().start(spec))
                .isInstanceOf(ProcessStartException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aNumberThatIsNoChildOfThisJvmAnyMoreGetsNothing() throws Exception {
        var command = reclaim.processes().start(ProcessSpec.command("sleeper", "sleep", "1000"));
        var info = command.info();
        var stranger = new ProcessBuilder("sh", "-c", "sleep 1000 >/dev/null & echo $!").start();
        long strangersChild = Long.parseLong(stranger.inputReader().readLine());
        stranger.waitFor();
        try {
            var reused = new ProcessInfo(
                    info.pid(), info.name(), info.kind(), info.state(), info.parent(), info.started(),
                    OptionalLong.of(strangersChild));

            assertThatThrownBy(() -> new CommandSignals(reclaim.processes()).send(reused, KILL))
                    .isInstanceOf(ProcessEndedException.class);

            assertThat(ProcessHandle.of(strangersChild)).get().matches(ProcessHandle::isAlive);
        } finally {
            ProcessHandle.of(strangersChild).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void whatACommandDoesWithSignalsIsItsOwnAffair() {
        long pid = reclaim.processes().start(ProcessSpec.command("sleeper", "sleep", "1000")).pid();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> signals.handle(pid, USR1, PLATFORM, Recorder.open()))
                .withMessageContaining("must not be that of a command");
        assertThatIllegalArgumentException().isThrownBy(() -> signals.handle(pid, USR1, JVM, Recorder.open()));
        assertThatIllegalArgumentException().isThrownBy(() -> signals.ignore(pid, USR1));
        assertThatIllegalArgumentException().isThrownBy(() -> signals.signals(pid));
        assertThat(reclaim.processes().inventory().resources(pid)).isEmpty();
        assertThat(Kernel.catches(USR1)).isFalse();
    }

    private ManagedProcess shell(String script) {
        return reclaim.processes().start(ProcessSpec.command("shell", "sh", "-c", script)
                .withIo(Redirect.DISCARD, Redirect.to(output()), Redirect.DISCARD));
    }

    private File output() {
        return folder.resolve("output").toFile();
    }

    private void awaitOutput(String line) {
        await().until(() -> Files.readAllLines(output().toPath()).contains(line));
    }

    private static String state(ManagedProcess command) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + command.info().osPid().orElseThrow() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[0];
    }
}
