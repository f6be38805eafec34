package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.orchestrator.internal.command.Shells.PATIENCE;
import static org.reclaim.orchestrator.internal.command.Shells.isAlive;
import static org.reclaim.orchestrator.internal.command.Shells.pidIn;
import static org.reclaim.orchestrator.internal.command.Shells.sh;
import static org.reclaim.orchestrator.internal.command.Shells.sleeperIn;
import static org.reclaim.orchestrator.internal.command.Shells.until;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.orchestrator.OrphanPolicy;

/** What holds for every policy: ending a command with what is below it. */
class CommandTest {

    private static final Duration A_MOMENT = Duration.ofMillis(50);

    @TempDir
    private Path folder;

    private Path ready;
    private Path below;
    private Commands commands;

    @BeforeEach
    void names() {
        ready = folder.resolve("ready");
        below = folder.resolve("below");
    }

    @AfterEach
    void close() throws IOException {
        commands.close();
        assertThat(Shells.leftovers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void terminatingReachesTheCommandAndWhatIsBelowIt(OrphanPolicy policy) throws Exception {
        var command = start(policy, "sleep 1000 & echo $! >" + below + "; wait");
        long sleeper = sleeperIn(below);

        command.terminate();

        assertThat(command.awaitGone(PATIENCE)).isTrue();
        assertThat(command.exitStatus()).hasValue(128 + 15);
        assertThat(isAlive(sleeper)).isFalse();
        assertThat(command.killRest(PATIENCE)).isEqualTo(new KillReport(0, List.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void whatIgnoresTheRequestToEndIsKilledAndNamed(OrphanPolicy policy) throws Exception {
        var command = start(policy, "trap '' TERM; sleep 1000 & echo $! >" + below + "; while :; do wait; done");
        long sleeper = sleeperIn(below);

        command.terminate();

        assertThat(command.awaitGone(A_MOMENT)).isFalse();
        assertThat(command.isExited()).isFalse();
        var report = command.killRest(PATIENCE);
        assertThat(report).isEqualTo(killed("pid " + sleeper + " (sleep)"));
        assertThat(command.exitStatus()).hasValue(128 + 9);
        assertThat(isAlive(sleeper)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatOutlivesTheTerminatedCommandIsRememberedAndKilled(OrphanPolicy policy) throws Exception {
        // The subshell is ignoring TERM before it says so, and what it becomes goes on ignoring it.
        var command = start(policy, "(trap '' TERM; touch " + ready + "; exec sleep 1000) & echo $! >" + below
                + "; wait");
        long sleeper = sleeperIn(below);
        until(() -> Files.exists(ready));

        command.terminate();

        assertThat(command.awaitExit(PATIENCE)).isTrue();
        assertThat(command.awaitGone(A_MOMENT)).isFalse();
        var orphan = Shells.find(sleeper);
        assertThat(orphan.parent()).isNotEqualTo(command.osPid());
        assertThat(command.killRest(PATIENCE)).isEqualTo(killed(orphan.describe()));
        assertThat(isAlive(sleeper)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatADescendantStartsOnceItWasAskedToEndIsFoundWhileItIsWaitedFor(OrphanPolicy policy) throws Exception {
        var command = start(policy, "trap '' TERM; (trap 'sleep 1000 & echo $! >" + below
                + "; exec sleep 1001' TERM; touch " + ready + "; while :; do sleep 0.01; done) & wait; wait");
        until(() -> Files.exists(ready));

        command.terminate();
        assertThat(command.awaitGone(A_MOMENT)).isFalse();
        long late = sleeperIn(below);
        var report = command.killRest(PATIENCE);

        assertThat(report.survivors()).isEmpty();
        assertThat(report.names()).contains("pid " + late + " (sleep)");
        assertThat(isAlive(late)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsStartedWhileTheOthersAreKilledDoesNotEscape(OrphanPolicy policy) throws Exception {
        // Ten loops that start one sleeper after the other; the odd duration marks those of this run.
        var mark = "1000." + System.nanoTime();
        var command = start(policy, "for loop in 1 2 3 4 5 6 7 8 9 10; do (i=0; while [ $i -lt 50 ]; do sleep " + mark
                + " & i=$((i+1)); touch " + ready + "$loop; done; wait) & done; wait");
        until(() -> IntStream.rangeClosed(1, 10).allMatch(loop -> Files.exists(folder.resolve("ready" + loop))));

        var report = command.killRest(PATIENCE);

        assertThat(report.survivors()).isEmpty();
        assertThat(report.killed()).isGreaterThanOrEqualTo(20);
        assertThat(Shells.withArgument(mark)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aStoppedCommandGetsItsChanceToEndByItself(OrphanPolicy policy) throws Exception {
        var command = start(policy, "trap 'exit 3' TERM; kill -STOP $$; while :; do sleep 0.01; done");
        until(() -> Shells.find(command.osPid()).state() == OsProcess.State.STOPPED);

        command.terminate();

        assertThat(command.awaitGone(PATIENCE)).isTrue();
        assertThat(command.exitStatus()).hasValue(3);
    }

    @ParameterizedTest
    @EnumSource
    void aStoppedCommandIsKilled(OrphanPolicy policy) throws Exception {
        var command = start(policy, "kill -STOP $$");
        until(() -> Shells.find(command.osPid()).state() == OsProcess.State.STOPPED);

        assertThat(command.killRest(PATIENCE).survivors()).isEmpty();
        assertThat(command.exitStatus()).hasValue(128 + 9);
    }

    @ParameterizedTest
    @EnumSource
    void aZombieWhoseParentDoesNotWaitForItCountsAsGone(OrphanPolicy policy) throws Exception {
        // What the shell becomes knows nothing of the shell's child.
        var command = start(policy, "sleep 0.01 & echo $! >" + below + "; exec sleep 1000");
        long zombie = pidIn(below);
        until(() -> Shells.find(zombie).isGone());

        var report = command.killRest(PATIENCE);

        assertThat(report).isEqualTo(killed());
        assertThat(command.exitStatus()).hasValue(128 + 9);
    }

    @ParameterizedTest
    @EnumSource
    void aCommandThatExitsWhileItIsEndedIsNoError(OrphanPolicy policy) throws Exception {
        commands = new Commands(policy);
        for (int i = 0; i < 30; i++) {
            var command = commands.start(1, sh("exit 3"), Map.of());

            command.terminate();
            var report = command.killRest(PATIENCE);

            assertThat(report).isEqualTo(killed());
            assertThat(command.exitStatus().orElseThrow()).isIn(3, 128 + 15, 128 + 9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedKillGoesOnWhereItWas(OrphanPolicy policy) throws Exception {
        var command = start(policy, "sleep 1000 & echo $! >" + below + "; wait");
        long sleeper = sleeperIn(below);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> command.killRest(PATIENCE)).isInstanceOf(InterruptedException.class);

        assertThat(command.killRest(PATIENCE)).isEqualTo(killed("pid " + sleeper + " (sleep)"));
    }

    @ParameterizedTest
    @EnumSource
    void withoutTimeItKillsAndDoesNotWait(OrphanPolicy policy) throws Exception {
        var command = start(policy, "exec sleep 1000");

        assertThat(command.killRest(Duration.ZERO).survivors()).hasSize(1).first().asString()
                .startsWith("pid " + command.osPid());

        assertThat(command.awaitGone(PATIENCE)).isTrue();
        assertThat(command.killRest(Duration.ZERO)).isEqualTo(killed());
    }

    private Command start(OrphanPolicy policy, String script) throws IOException {
        commands = new Commands(policy);
        return commands.start(1, sh(script), Map.of());
    }

    private static KillReport killed(String... names) {
        return new KillReport(names.length, List.of(names), List.of(), List.of());
    }
}
