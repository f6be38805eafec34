package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.reclaim.orchestrator.internal.command.Shells.PATIENCE;
import static org.reclaim.orchestrator.internal.command.Shells.isAlive;
import static org.reclaim.orchestrator.internal.command.Shells.pidIn;
import static org.reclaim.orchestrator.internal.command.Shells.sh;
import static org.reclaim.orchestrator.internal.command.Shells.sleeperIn;
import static org.reclaim.orchestrator.internal.command.Shells.until;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.syscalls.ProcessCalls;

/** One command at a time: whatever the JVM adopts meanwhile is that command's. */
@EnabledOnOs(OS.LINUX)
class KilledOrphansTest {

    private final Commands commands = new Commands(OrphanPolicy.KILL);

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws IOException {
        commands.close();
        assertThat(Shells.leftovers()).isEmpty();
        assertThat(ProcessCalls.isChildSubreaper()).isFalse();
    }

    @RepeatedTest(20)
    void aSleeperThatHidesIsKilledAfterItsCommandHasExited() throws Exception {
        var command = start("setsid env -i sleep 1000 & exit 7");

        assertThat(command.waitForExit()).isEqualTo(7);
        var report = command.killRest(PATIENCE);

        // Killed early enough it has not become what it wants to be.
        assertThat(report.killed()).isEqualTo(1);
        assertThat(report.names()).singleElement().asString().matches("pid \\d+ \\((sleep|env|setsid|sh)\\)");
        assertThat(report.suspects()).isEmpty();
        assertThat(report.survivors()).isEmpty();
        assertThat(ProcessCalls.children()).isEqualTo(ProcessCalls.Children.NONE);
    }

    @Test
    void aDaemonThatForkedTwiceIsKilled() throws Exception {
        var pid = folder.resolve("pid");
        var command = start("(setsid sh -c '(sleep 1000 & echo $! >" + pid + ") &' &)");
        long daemon = sleeperIn(pid);
        command.waitForExit();

        assertThat(command.killRest(PATIENCE).names()).contains("pid " + daemon + " (sleep)");
        assertThat(isAlive(daemon)).isFalse();
    }

    @Test
    void terminatingReachesOrphansToo() throws Exception {
        var pid = folder.resolve("pid");
        var command = start("(setsid sleep 1000 & echo $! >" + pid + "); exec sleep 1001");
        long orphan = sleeperIn(pid);
        Shells.until(() -> Shells.find(orphan).parent() == ProcessHandle.current().pid());

        command.terminate();

        assertThat(command.awaitGone(PATIENCE)).isTrue();
        assertThat(command.killRest(PATIENCE).killed()).isZero();
    }

    @Test
    void aTreeOfProcessesThatStartEachOtherAgainIsGoneAtOnce() throws Exception {
        // Five times five below five, each in a session of its own, each started again whenever it dies.
        var respawner = script("""
                trap '' TERM
                if [ "$1" = 0 ]; then touch "$2/$$"; while :; do sleep 1000; done; fi
                for i in 1 2 3 4 5; do (while :; do setsid "$0" $(($1 - 1)) "$2"; done) & done
                wait
                """);
        var leaves = Files.createDirectory(folder.resolve("leaves"));
        var command = start(respawner + " 2 " + leaves + " & exit 7");
        command.waitForExit();
        until(() -> leaves.toFile().list().length >= 25);

        var report = command.killRest(PATIENCE);

        assertThat(report.survivors()).isEmpty();
        // 1 + 5 scripts, a loop for each of their 30 children, the 25 leaves, and most of their sleepers.
        assertThat(report.killed()).isGreaterThanOrEqualTo(75);
        assertThat(ProcessCalls.children()).isEqualTo(ProcessCalls.Children.NONE);
    }

    @Test
    void aProcessThatMovesOnToANewOneAllTheTimeIsCaught() throws Exception {
        var mover = script("touch \"$1\"; \"$0\" \"$1\" & exit 0\n");
        var moved = folder.resolve("moved");
        var command = start(mover + " " + moved + " & exit 7");
        command.waitForExit();
        until(() -> Files.exists(moved));

        assertThat(command.killRest(PATIENCE).survivors()).isEmpty();
        assertThat(ProcessCalls.children()).isEqualTo(ProcessCalls.Children.NONE);
    }

    @Test
    void aStoppedOrphanIsKilled() throws Exception {
        var pid = folder.resolve("pid");
        var command = start("setsid sh -c 'echo $$ >" + pid + "; kill -STOP $$' &");
        long orphan = pidIn(pid);
        command.waitForExit();
        until(() -> Shells.find(orphan).state() == OsProcess.State.STOPPED);

        assertThat(command.killRest(PATIENCE).killed()).isEqualTo(1);
        assertThat(isAlive(orphan)).isFalse();
    }

    @Test
    void aTracedOrphanIsKilledWithItsTracer() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace is not installed");
        var pid = folder.resolve("pid");
        var command = start("setsid strace -f -o /dev/null sh -c 'echo $$ >" + pid + "; sleep 1000; exit 1' &");
        long traced = pidIn(pid);
        command.waitForExit();
        assertThat(Files.readString(Path.of("/proc/" + traced + "/status"))).doesNotContain("TracerPid:\t0\n");

        assertThat(command.killRest(PATIENCE).survivors()).isEmpty();
        assertThat(isAlive(traced)).isFalse();
    }

    @Test
    void childrenThatWereThereBeforeTheCommandAreNotIts() throws Exception {
        var before = new ProcessBuilder("sleep", "1000").start();
        try {
            // Start times have steps of ten milliseconds.
            long started = Shells.find(before.pid()).id().start();
            until(() -> new LinuxProcesses().now() > started);
            var command = start("sleep 1000 & exit 7");
            command.waitForExit();

            assertThat(command.killRest(PATIENCE).killed()).isEqualTo(1);
            assertThat(before.isAlive()).isTrue();
        } finally {
            before.destroyForcibly().waitFor();
        }
    }

    @Test
    void aSecondCommandIsRefusedUntilTheFirstIsOver() throws Exception {
        var first = start("exec sleep 1000");
        var touched = folder.resolve("touched");

        var thrown = catchThrowableOfType(IOException.class, () -> start("touch " + touched));
        assertThat(thrown).hasMessage("Refused: Process 1 'test' (pid " + first.osPid()
                + ") runs, and where orphans are killed (KILL) only one command may run at a time");
        assertThat(Commands.exitStatusFor(thrown)).isEqualTo(126);
        assertThat(touched).doesNotExist();

        first.killRest(PATIENCE);
        var second = start("touch " + touched);
        assertThat(second.waitForExit()).isZero();
        second.killRest(PATIENCE);
        assertThat(touched).exists();
    }

    @Test
    void aCommandOfAnyPolicyIsCompany() throws Exception {
        try (var others = new Commands(OrphanPolicy.IGNORE)) {
            var own = start("exec sleep 1000");
            assertThat(catchThrowableOfType(IOException.class, () -> others.start(2, sh("exit"), Map.of())))
                    .hasMessageStartingWith("Refused: Process 1 ");
            own.killRest(PATIENCE);

            var other = others.start(2, sh("exec sleep 1000"), Map.of());
            assertThat(catchThrowableOfType(IOException.class, () -> start("exit")))
                    .hasMessageStartingWith("Refused: Process 2 ");
            other.killRest(PATIENCE);
            start("exit").killRest(PATIENCE);
        }
    }

    @Test
    void theJvmAdoptsUntilTheLastHasClosed() throws Exception {
        var other = new Commands(OrphanPolicy.REPORT);

        commands.close();
        commands.close();
        assertThat(ProcessCalls.isChildSubreaper()).isTrue();

        other.close();
        assertThat(ProcessCalls.isChildSubreaper()).isFalse();
    }

    private Command start(String script) throws IOException {
        return commands.start(1, sh(script), Map.of());
    }

    private String script(String body) throws IOException {
        var file = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }
}
