package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.reclaim.orchestrator.internal.command.Shells.PATIENCE;
import static org.reclaim.orchestrator.internal.command.Shells.sh;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.syscalls.ProcessCalls.Children;

/** What a sound system does not do on demand: refusing signals, and having no descriptors left. */
class FlawedSystemTest {

    private static final Duration A_MOMENT = Duration.ofMillis(50);

    private final Flawed os = new Flawed();

    @TempDir
    private Path folder;

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(Shells.leftovers()).isEmpty();
    }

    @Test
    void whatCanNotBeKilledSurvivesAndIsNamedAndNoOtherCommandIsAdmittedBeforeItIsGone() throws Exception {
        try (var commands = new Commands(OrphanPolicy.KILL, os)) {
            var command = commands.start(1, sh("exec sleep 1000"), Map.of());
            os.refusesToKill = true;

            var report = command.killRest(A_MOMENT);
            assertThat(report.survivors()).hasSize(1).first().asString().startsWith("pid " + command.osPid() + " (");
            assertThat(report.killed()).isZero();
            assertThat(catchThrowableOfType(IOException.class, () -> commands.start(2, sh("exit"), Map.of())))
                    .hasMessageContaining("Process 1 ");

            os.refusesToKill = false;
            Shells.kill(command.osPid());
            command.waitForExit();
            commands.start(2, sh("exit"), Map.of()).killRest(PATIENCE);
        }
    }

    @Test
    void aProcessTableThatCanNotBeReadIsSaidAndReadAgainLater() throws Exception {
        try (var commands = new Commands(OrphanPolicy.IGNORE, os)) {
            var below = folder.resolve("below");
            var command = commands.start(1, sh("sleep 1000 & echo $! >" + below + "; wait"), Map.of());
            long sleeper = Shells.sleeperIn(below);
            os.isBlind = true;

            assertThat(command.awaitGone(A_MOMENT)).isFalse();
            var report = command.killRest(A_MOMENT);
            assertThat(report.survivors()).containsExactly("unknown: blind");
            assertThat(command.isExited()).isFalse();

            os.isBlind = false;
            assertThat(command.killRest(PATIENCE).names()).containsExactly("pid " + sleeper + " (sleep)");
        }
    }

    @Test
    void theCommandItselfIsAskedToEndEvenIfTheProcessTableCanNotBeRead() throws Exception {
        try (var commands = new Commands(OrphanPolicy.IGNORE, os)) {
            var command = commands.start(1, sh("exec sleep 1000"), Map.of());
            os.isBlind = true;

            command.terminate();

            assertThat(command.waitForExit()).isEqualTo(128 + 15);
        }
    }

    @Test
    void aCommandThatCanNotBeLookedAtIsNotLeftRunning() {
        try (var commands = new Commands(OrphanPolicy.IGNORE, os)) {
            os.isBlind = true;

            assertThat(catchThrowableOfType(
                            IOException.class, () -> commands.start(1, sh("exec sleep 1000"), Map.of())))
                    .hasMessage("blind");

            Shells.until(() -> Shells.childrenOfJvm().isEmpty());
        }
    }

    @Test
    void anOrphanThatALookMissedIsLookedForAgainAsTheKernelCountsIt() throws Exception {
        try (var commands = new Commands(OrphanPolicy.KILL, os)) {
            var orphan = folder.resolve("orphan");
            var command = commands.start(1, sh("sleep 1000 & echo $! >" + orphan), Map.of());
            command.waitForExit();
            long sleeper = Shells.sleeperIn(orphan);
            os.overlooks.set(3);

            assertThat(command.killRest(PATIENCE).names()).containsExactly("pid " + sleeper + " (sleep)");
        }
    }

    @Test
    void aZombieThatALookShowsBelowItsFormerParentIsNotLeftBehind() throws Exception {
        try (var commands = new Commands(OrphanPolicy.REPORT, os)) {
            var below = folder.resolve("below");
            var command = commands.start(
                    1, sh("sh -c 'sleep 1000 & echo $! >" + below + "; wait' & wait"), Map.of());
            Shells.sleeperIn(below);
            os.isLate = true;

            assertThat(command.killRest(PATIENCE).killed()).isEqualTo(2);
            assertThat(Shells.childrenOfJvm()).isEmpty();
        }
    }

    @Test
    void aZombieThatALookShowsBelowAParentThatIsThereNoMoreIsNotLeftBehind() throws Exception {
        try (var commands = new Commands(OrphanPolicy.REPORT, os)) {
            var below = folder.resolve("below");
            var command = commands.start(1, sh("sleep 1000 & echo $! >" + below + "; wait"), Map.of());
            long sleeper = Shells.sleeperIn(below);
            os.isLate = true;
            command.family().look();
            Shells.kill(command.osPid());
            command.waitForExit();
            Shells.kill(sleeper);
            Shells.until(() -> !Shells.isAlive(sleeper));

            assertThat(command.killRest(PATIENCE).survivors()).isEmpty();
            assertThat(Shells.childrenOfJvm()).isEmpty();
        }
    }

    @Test
    void whereOrphansCanNotBeAdoptedCommandsRunWithoutThat() throws Exception {
        os.canAdopt = false;
        for (var policy : List.of(OrphanPolicy.REPORT, OrphanPolicy.KILL)) {
            try (var commands = new Commands(policy, os)) {
                var command = commands.start(1, sh("exit 7"), Map.of());

                assertThat(command.waitForExit()).isEqualTo(7);
                assertThat(command.killRest(PATIENCE)).isEqualTo(new KillReport(0, List.of(), List.of(), List.of()));
            }
        }
    }

    /** This system, with flaws that can be switched on. */
    private static final class Flawed implements OsProcesses {

        private final OsProcesses sound = OsProcesses.ofThisSystem();
        private volatile boolean refusesToKill;
        private volatile boolean isBlind;
        private volatile boolean canAdopt = sound.canAdopt();

        /** The parents of processes at their first look, where looks are late. */
        private final Map<ProcessId, Long> firstParents = new ConcurrentHashMap<>();

        private volatile boolean isLate;

        /** How many looks at all processes will miss the children of the JVM. */
        private final AtomicInteger overlooks = new AtomicInteger();

        @Override
        public long now() throws IOException {
            return sound.now();
        }

        @Override
        public List<OsProcess> all() throws IOException {
            look();
            boolean overlooked = overlooks.getAndDecrement() > 0;
            return sound.all().stream()
                    .filter(process -> !overlooked || process.parent() != self())
                    .map(process -> isLate ? late(process) : process)
                    .toList();
        }

        @Override
        public Optional<OsProcess> find(long pid) throws IOException {
            look();
            return sound.find(pid);
        }

        @Override
        public boolean send(ProcessId process, Signal signal) throws IOException {
            if (refusesToKill && signal == Signal.KILL) {
                throw new IOException("refused");
            }
            return sound.send(process, signal);
        }

        @Override
        public Children children() throws IOException {
            return sound.children();
        }

        @Override
        public boolean reap(ProcessId child) throws IOException {
            return sound.reap(child);
        }

        @Override
        public boolean canAdopt() {
            return canAdopt;
        }

        @Override
        public boolean adopt(boolean on) throws IOException {
            return sound.adopt(on);
        }

        /** As if it had been read before its parent ended, at the first look at which it has ended. */
        private OsProcess late(OsProcess process) {
            long first = firstParents.computeIfAbsent(process.id(), id -> process.parent());
            return process.isGone() && firstParents.replace(process.id(), first, process.parent())
                    ? new OsProcess(process.id(), first, process.name(), process.state())
                    : process;
        }

        private void look() throws IOException {
            if (isBlind) {
                throw new IOException("blind");
            }
        }
    }
}
