package org.reclaim.orchestrator.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.reclaim.orchestrator.internal.command.Shells.sh;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessSpec;
import org.reclaim.orchestrator.OrphanPolicy;

class CommandsTest {

    private final Commands commands = new Commands(OrphanPolicy.IGNORE);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        commands.close();
    }

    @Test
    void theExitStatusIsThatOfTheCommand() throws Exception {
        var command = start(sh("exit 7"));

        assertThat(command.waitForExit()).isEqualTo(7);
        assertThat(command.isExited()).isTrue();
        assertThat(command.exitStatus()).hasValue(7);
    }

    @Test
    void theExitStatusOfASignalIs128AndItsNumber() throws Exception {
        assertThat(start(sh("kill -USR1 $$")).waitForExit()).isEqualTo(128 + 10);
    }

    @Test
    void aRunningCommandHasNoExitStatus() throws Exception {
        var command = start(sh("exec sleep 1000"));

        assertThat(command.awaitExit(Duration.ofMillis(1))).isFalse();
        assertThat(command.isExited()).isFalse();
        assertThat(command.exitStatus()).isEqualTo(OptionalInt.empty());
        assertThat(Shells.isAlive(command.osPid())).isTrue();

        command.killRest(Shells.PATIENCE);
        assertThat(command.awaitExit(Shells.PATIENCE)).isTrue();
        assertThat(command.exitStatus()).hasValue(128 + 9);
    }

    @Test
    void theInputIsEmptyUnlessToldOtherwise() throws Exception {
        assertThat(start(sh("test -z \"$(cat)\"")).waitForExit()).isZero();
    }

    @Test
    void streamsGoWhereTheSpecSays() throws Exception {
        Files.writeString(folder.resolve("in"), "hello");

        var status = start(sh("cat; echo bad >&2").withIo(
                        Redirect.from(folder.resolve("in").toFile()),
                        Redirect.to(folder.resolve("out").toFile()),
                        Redirect.appendTo(folder.resolve("err").toFile())))
                .waitForExit();

        assertThat(status).isZero();
        assertThat(folder.resolve("out")).hasContent("hello");
        assertThat(folder.resolve("err")).hasContent("bad");
    }

    @Test
    void theGivenEnvironmentWinsOverTheSpecAndThatOverTheJvm() throws Exception {
        var spec = sh("test \"$A$B${PATH:+set}$HOME\" = givenspecset/spec")
                .withEnvironment(Map.of("A", "spec", "B", "spec", "HOME", "/spec"));

        assertThat(commands.start(1, spec, Map.of("A", "given")).waitForExit()).isZero();
    }

    @Test
    void theWorkingFolderIsThatOfTheSpec() throws Exception {
        start(sh("touch here").withDirectory(folder)).waitForExit();

        assertThat(folder.resolve("here")).exists();
    }

    @Test
    void aMissingProgramIs127AsInAShell() {
        for (var missing : new String[] {"no-such-program", "/no/such/program", "./no-such-program"}) {
            var thrown = catchThrowableOfType(IOException.class, () -> start(ProcessSpec.command("x", missing)));

            assertThat(thrown).hasMessage(missing + ": command not found").hasCauseInstanceOf(IOException.class);
            assertThat(Commands.exitStatusFor(thrown)).as(missing).isEqualTo(127);
        }
    }

    @Test
    void aProgramThatCanNotBeExecutedIs126AsInAShell() throws Exception {
        var plain = Files.writeString(folder.resolve("plain"), "exit 0\n");
        var orphaned = Files.writeString(folder.resolve("orphaned"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(orphaned, PosixFilePermissions.fromString("rwx------"));

        for (var program : new Path[] {plain, orphaned, folder}) {
            var thrown = catchThrowableOfType(
                    IOException.class, () -> start(ProcessSpec.command("x", program.toString())));

            assertThat(thrown).hasMessage(program + ": can't be executed").hasCauseInstanceOf(IOException.class);
            assertThat(Commands.exitStatusFor(thrown)).as("%s", program).isEqualTo(126);
        }
    }

    @Test
    void aRelativeProgramIsLookedForFromTheWorkingFolder() throws Exception {
        Files.writeString(folder.resolve("plain"), "exit 0\n");

        var thrown = catchThrowableOfType(
                IOException.class, () -> start(ProcessSpec.command("x", "./plain").withDirectory(folder)));

        assertThat(Commands.exitStatusFor(thrown)).isEqualTo(126);
    }

    @Test
    void aMissingWorkingFolderIsNamed() {
        var missing = folder.resolve("missing");

        var thrown = catchThrowableOfType(IOException.class, () -> start(sh("exit").withDirectory(missing)));

        assertThat(thrown).hasMessage("sh: the working folder " + missing + " is no folder");
        assertThat(Commands.exitStatusFor(thrown)).isEqualTo(126);
    }

    @Test
    void nothingStartsAfterClosing() {
        commands.close();

        assertThatThrownBy(() -> start(sh("touch " + folder.resolve("started"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopping");
        assertThat(folder.resolve("started")).doesNotExist();
    }

    private Command start(ProcessSpec spec) throws IOException {
        return commands.start(1, spec, Map.of());
    }
}
