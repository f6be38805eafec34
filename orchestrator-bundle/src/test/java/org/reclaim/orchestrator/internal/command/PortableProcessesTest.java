package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.orchestrator.internal.command.Shells.PATIENCE;
import static org.reclaim.orchestrator.internal.command.Shells.isAlive;
import static org.reclaim.orchestrator.internal.command.Shells.sh;
import static org.reclaim.orchestrator.internal.command.Shells.sleeperIn;
import static org.reclaim.orchestrator.internal.command.Shells.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.orchestrator.OrphanPolicy;

/** Commands on systems of which only the JDK is known. */
class PortableProcessesTest {

    private final OsProcesses os = new PortableProcesses();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void aCommandEndsWithWhatIsBelowIt(OrphanPolicy policy) throws Exception {
        try (var commands = new Commands(policy, os)) {
            var below = folder.resolve("below");
            // The JDK takes a zombie for alive, so the shell has to wait for its child.
            var command = commands.start(
                    1, sh("trap : TERM; sleep 1000 & echo $! >" + below + "; wait; wait; exit 3"), Map.of());
            long sleeper = sleeperIn(below);

            command.terminate();

            assertThat(command.awaitGone(PATIENCE)).isTrue();
            assertThat(isAlive(sleeper)).isFalse();
            assertThat(command.exitStatus()).hasValue(3);
        }
    }

    @Test
    void whatIgnoresTheRequestToEndIsKilledAlsoIfItIsAnOrphanByThen() throws Exception {
        try (var commands = new Commands(OrphanPolicy.IGNORE, os)) {
            var below = folder.resolve("below");
            var ready = folder.resolve("ready");
            var command = commands.start(
                    1,
                    sh("(trap '' TERM; touch " + ready + "; exec sleep 1000) & echo $! >" + below + "; wait"),
                    Map.of());
            long sleeper = sleeperIn(below);
            until(() -> Files.exists(ready));

            command.terminate();
            assertThat(command.awaitExit(PATIENCE)).isTrue();
            assertThat(command.awaitGone(Duration.ofMillis(50))).isFalse();

            // It may be a zombie for as long as it pleases its new parent.
            command.killRest(Duration.ofMillis(50));
            until(() -> !isAlive(sleeper));
        }
    }

    @Test
    void aSignalDoesNotReachAnotherProcessThatGotTheNumber() throws Exception {
        var sleeper = new ProcessBuilder("sleep", "1000").start();
        try {
            var id = os.find(sleeper.pid()).orElseThrow().id();

            for (var signal : List.of(Signal.TERM, Signal.KILL)) {
                assertThat(os.send(new ProcessId(id.pid(), id.start() - 1), signal)).isFalse();
            }
            assertThat(sleeper.isAlive()).isTrue();

            assertThat(os.send(id, Signal.KILL)).isTrue();
            assertThat(sleeper.waitFor()).isEqualTo(128 + 9);
            assertThat(os.send(id, Signal.KILL)).isFalse();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }
}
