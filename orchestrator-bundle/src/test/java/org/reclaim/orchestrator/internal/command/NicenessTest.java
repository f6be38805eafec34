package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessSpec;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.internal.testing.Patience;

/** The more urgent a command, the less nice it is. */
class NicenessTest {

    @TempDir
    private Path folder;

    @Test
    void theUsualPriorityIsThatOfTheJvmAndTheEndsOfTheScaleThoseOfTheSystem() {
        assertThat(Niceness.of(0, 50)).isZero();
        assertThat(Niceness.of(0, 0)).isEqualTo(19);
        assertThat(Niceness.of(0, 100)).isEqualTo(-20);
        assertThat(Niceness.of(0, 25)).isEqualTo(9);
        assertThat(Niceness.of(10, 50)).isEqualTo(10);
        assertThat(Niceness.of(10, 0)).isEqualTo(19);
        assertThat(Niceness.of(10, 100)).isEqualTo(-20);
    }

    @Test
    void aCommandAndWhatItStartsGiveWayAsItsPrioritySays() throws Exception {
        var os = OsProcesses.ofThisSystem();
        int expected = Niceness.of(os.nice(), 10);
        var up = folder.resolve("up");
        try (var commands = new Commands(OrphanPolicy.IGNORE, os)) {
            var spec = ProcessSpec.command("nice", "sh", "-c", "sleep 1000 & touch " + up + "; wait").withPriority(10);
            var command = commands.start(1, spec, Map.of());
            try {
                Patience.until(() -> Files.exists(up));
                var below = ProcessHandle.of(command.osPid()).orElseThrow().children().toList();

                assertThat(nice(command.osPid())).isEqualTo(expected);
                assertThat(below).isNotEmpty().allMatch(child -> nice(child.pid()) == expected);
            } finally {
                command.killRest(Shells.PATIENCE);
            }
        }
    }

    /** As the kernel says it: proc_pid_stat(5), field 19. */
    private static int nice(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
