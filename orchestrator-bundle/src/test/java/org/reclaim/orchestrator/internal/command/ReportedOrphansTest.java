package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.orchestrator.internal.command.Shells.PATIENCE;
import static org.reclaim.orchestrator.internal.command.Shells.isAlive;
import static org.reclaim.orchestrator.internal.command.Shells.pidIn;
import static org.reclaim.orchestrator.internal.command.Shells.sh;
import static org.reclaim.orchestrator.internal.command.Shells.sleeperIn;
import static org.reclaim.orchestrator.internal.command.Shells.until;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.orchestrator.OrphanPolicy;

/** Several commands at a time: nobody knows whose an orphan is. */
@EnabledOnOs(OS.LINUX)
class ReportedOrphansTest {

    private final Commands commands = new Commands(OrphanPolicy.REPORT);
    private final OsProcesses os = OsProcesses.ofThisSystem();

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws IOException {
        commands.close();
        assertThat(Shells.leftovers()).isEmpty();
    }

    @Test
    void orphansOfACommandThatExitsAreReportedAndLeftAlone() throws Exception {
        var orphan = folder.resolve("orphan");
        var command = start("sleep 1000 & echo $! >" + orphan + "; exit 7");
        assertThat(command.waitForExit()).isEqualTo(7);
        long pid = sleeperIn(orphan);

        var report = command.killRest(PATIENCE);

        assertThat(report.suspects()).containsExactly(Shells.find(pid).describe());
        assertThat(report.killed()).isZero();
        assertThat(report.survivors()).isEmpty();
        assertThat(isAlive(pid)).isTrue();
        killAndAwaitReaper(pid);
    }

    @Test
    void endingOneCommandLeavesTheOrphansAndTheDescendantsOfTheOtherAlive() throws Exception {
        var orphans = new Path[] {folder.resolve("orphan0"), folder.resolve("orphan1")};
        var sleepers = new Path[] {folder.resolve("sleeper0"), folder.resolve("sleeper1")};
        var all = new Command[2];
        for (int i = 0; i < 2; i++) {
            all[i] = start("(setsid env -i sleep 1000 & echo $! >" + orphans[i] + "); sleep 1000 & echo $! >"
                    + sleepers[i] + "; wait");
        }
        long mine = sleeperIn(orphans[0]);
        long foreign = sleeperIn(orphans[1]);
        long below = pidIn(sleepers[0]);

        all[0].terminate();
        assertThat(all[0].awaitGone(PATIENCE)).isTrue();
        var report = all[0].killRest(PATIENCE);

        assertThat(report.suspects()).containsExactlyInAnyOrder(
                "pid " + mine + " (sleep)", "pid " + foreign + " (sleep)");
        assertThat(isAlive(below)).isFalse();
        assertThat(isAlive(mine)).isTrue();
        assertThat(isAlive(foreign)).isTrue();
        assertThat(all[1].isExited()).isFalse();
        assertThat(isAlive(pidIn(sleepers[1]))).isTrue();

        all[1].killRest(PATIENCE);
        killAndAwaitReaper(mine, foreign);
    }

    @Test
    void whatIsOlderThanTheCommandIsNoSuspect() throws Exception {
        var older = new ProcessBuilder("sleep", "1000").start();
        try {
            long started = Shells.find(older.pid()).id().start();
            until(() -> os.now() > started);

            assertThat(start("exit").killRest(PATIENCE).suspects()).isEmpty();
        } finally {
            older.destroyForcibly().waitFor();
        }
    }

    @Test
    void aCommandThatIsJustBeingStartedIsNoSuspect() throws Exception {
        var running = new HashSet<Command>();
        var starter = Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted() && running.size() < 50) {
                try {
                    running.add(start("exec sleep 1000"));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            for (int i = 0; i < 15; i++) {
                assertThat(start("exit").killRest(PATIENCE).suspects()).isEmpty();
            }
        } finally {
            starter.interrupt();
            starter.join();
            for (var command : running) {
                command.killRest(PATIENCE);
            }
        }
        assertThat(running).isNotEmpty();
    }

    @Test
    void theReaperWaitsForWhatIsStillThereAtItsSecondLookAndForNoCommand() throws Exception {
        var orphan = folder.resolve("orphan");
        var other = folder.resolve("other");
        new ProcessBuilder("sh", "-c", "sleep 0 & echo $! >" + orphan).start().waitFor();
        new ProcessBuilder("sh", "-c", "sleep 0 & echo $! >" + other).start().waitFor();
        long mine = pidIn(orphan);
        long foreign = pidIn(other);
        until(() -> Shells.find(mine).isGone() && Shells.find(foreign).isGone());

        try (var reaper = new OrphanReaper(os, id -> id.pid() == foreign)) {
            reaper.look();
            assertThat(os.find(mine)).isPresent();

            reaper.look();
            assertThat(os.find(mine)).isEmpty();
            assertThat(os.find(foreign)).isPresent();
        }
        assertThat(os.reap(Shells.find(foreign).id())).isTrue();
    }

    @Test
    void whatWasKilledIsNotLeftAsAZombie() throws Exception {
        var below = folder.resolve("below");
        var command = start("trap '' TERM; sh -c 'sleep 1000; exit' & echo $! >" + below + "; wait; wait");
        pidIn(below);

        command.terminate();
        var report = command.killRest(PATIENCE);

        assertThat(report.survivors()).isEmpty();
        assertThat(report.killed()).isPositive();
        assertThat(Shells.childrenOfJvm()).isEmpty();
    }

    private Command start(String script) throws IOException {
        return commands.start(1, sh(script), Map.of());
    }

    /** Nobody ends a suspect but a test; nobody waits for it but the reaper. */
    private void killAndAwaitReaper(long... pids) throws IOException {
        for (long pid : pids) {
            Shells.kill(pid);
        }
        for (long pid : pids) {
            until(() -> os.find(pid).isEmpty());
        }
    }
}
