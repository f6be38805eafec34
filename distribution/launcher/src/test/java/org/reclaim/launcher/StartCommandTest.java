package org.reclaim.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With programs in place of the platform, none of which ever becomes ready. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StartCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path temp;

    private Installation installation;
    private Home home;
    private Path log;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(Files.createDirectory(temp.resolve("installation")));
        Files.createDirectory(installation.home().resolve("bin"));
        Files.createDirectory(installation.home().resolve("conf"));
        configure("120000");
        home = Home.of(Optional.of(temp.resolve("home")), installation);
        log = temp.toRealPath().resolve("home/log");
    }

    @Test
    void tellsWhatTheProgramSaidBeforeItEnded() throws Exception {
        program("echo \"called with $*\"; echo 'the reason' >&2; exit 3");

        assertThat(start()).isEqualTo(1);

        assertThat(err.toString(UTF_8)).isEqualTo("""
                reclaim: the platform did not start: its process ended with status 3; it said:
                  called with daemon --home %s
                  the reason
                reclaim: more may be in %s
                """.formatted(temp.toRealPath().resolve("home"), log.resolve("reclaim.log")));
        assertThat(out.size()).isZero();
    }

    @Test
    void tellsTheEndOfALongStory() throws Exception {
        program("i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo \"line $i\"; done; exit 1");

        assertThat(start()).isEqualTo(1);

        assertThat(err.toString(UTF_8)).hasLineCount(22).contains("\n  line 2981\n", "\n  line 3000\n");
    }

    @Test
    void endsWhatDoesNotBecomeReadyInTime() throws Exception {
        configure("300");
        program("echo $$; exec sleep 1000");

        assertThat(start()).isEqualTo(1);

        assertThat(err.toString(UTF_8)).startsWith("reclaim: the platform did not start: its process was not ready"
                + " after 300 ms (reclaim.start.deadline.millis); it said:\n");
        var pid = Long.parseLong(Files.readString(log.resolve("console.log")).strip());
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void keepsWhatTheLastRunSaid() throws Exception {
        program("echo first; exit 1");
        start();
        program("echo second; exit 1");
        start();

        assertThat(log.resolve("console.log")).hasContent("second");
        assertThat(log.resolve("console.log.1")).hasContent("first");
    }

    @Test
    void theProgramHasNothingOfOurTerminal() throws Exception {
        program("read line || echo no input; pwd; exit 1");

        start();

        assertThat(log.resolve("console.log")).hasContent("no input\n" + temp.toRealPath().resolve("home"));
    }

    @Test
    void refusesADeadlineThatIsNone() throws Exception {
        configure("soon");
        program("exit 1");

        assertThatIOException().isThrownBy(this::start)
                .withMessage("the property reclaim.start.deadline.millis is 'soon': must be 1 to 999999999");
        assertThat(log).doesNotExist();
    }

    private int start() throws IOException {
        return StartCommand.run(
                installation, home, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private void configure(String deadline) throws IOException {
        Files.writeString(installation.home().resolve("conf/config.properties"),
                "reclaim.start.deadline.millis = " + deadline + "\n");
    }

    private void program(String script) throws IOException {
        var file = Files.writeString(installation.home().resolve("bin/reclaim"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
