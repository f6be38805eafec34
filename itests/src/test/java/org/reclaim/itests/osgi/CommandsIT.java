package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.Test;
import org.reclaim.api.EndReason;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessSpec;

/** Several commands in one platform, each with descendants of its own. */
public class CommandsIT extends PlatformTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** A command with a sleeper below it that nobody else has. */
    private record Sleeper(ManagedProcess process, String seconds) {

        static Sleeper start() {
            var seconds = Long.toString(ThreadLocalRandom.current().nextLong(1_000_000, 1_000_000_000));
            var spec = ProcessSpec.command("sleeper", "sh", "-c", "sleep " + seconds + " & wait");
            var sleeper = new Sleeper(processes().start(spec), seconds);
            await().until(sleeper::isAsleep);
            return sleeper;
        }

        boolean isAsleep() {
            return Kernel.isRunning("sleep", seconds);
        }
    }

    @Test
    public void endingOneCommandLeavesWhatIsBelowAnotherAlone() throws Exception {
        var first = Sleeper.start();
        var second = Sleeper.start();

        var end = first.process().terminate();

        assertThat(first.isAsleep()).isFalse();
        assertThat(second.isAsleep()).isTrue();
        assertThat(second.process().await(Duration.ZERO)).isEmpty();
        assertThat(end.cleanup().isSuccess()).as("%s", end.cleanup()).isTrue();

        second.process().terminate();
        assertThat(second.isAsleep()).isFalse();
    }

    @Test
    public void aCommandThatExitsEndsItsProcess() throws Exception {
        var other = Sleeper.start();

        var end = processes().start(ProcessSpec.command("seven", "sh", "-c", "exit 7")).await(LONG).orElseThrow();

        assertThat(end.reason()).isEqualTo(EndReason.EXITED);
        assertThat(end.exitStatus()).hasValue(7);
        assertThat(other.isAsleep()).isTrue();
        assertThat(log().problems()).isEmpty();
    }
}
