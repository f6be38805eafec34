package org.reclaim.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code reclaim run} of the packed distribution. */
public class RunCommandIT {

    private static final Duration START = Duration.ofMinutes(2);
    private static final String REPORT = "reclaim: process 1 \\(%s\\) ended with status %d; gave back .* in \\d+ us\n";

    /** Beside what the test itself makes. */
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final String seconds = Reclaim.uniqueSeconds();
    private Path up;

    @Before
    public void chooseFile() {
        up = folder.getRoot().toPath().resolve("up");
    }

    @Test
    public void aDescendantThatHidesAndTheTemporaryFolderAreGone() throws Exception {
        var result = Reclaim.run("run", "--", "sh", "-c",
                "setsid env -i " + sleeperThatReports() + " &" + awaitSleeper()
                        + "; echo $TMPDIR; touch $TMPDIR/x; exit 7");

        assertThat(result.status()).isEqualTo(7);
        assertThat(Reclaim.isSleeping(seconds)).isFalse();
        assertThat(Path.of(result.out().strip())).isAbsolute().doesNotExist();
        assertThat(result.err()).matches(REPORT.formatted("sh", 7));
        assertThat(result.err()).contains("os_processes 1", "file_descriptors 1");
    }

    @Test
    public void twentyAtOnceDoNotDisturbEachOther() throws Exception {
        var running = new ArrayList<Reclaim>();
        var sleepers = new ArrayList<String>();
        try {
            for (int i = 0; i < 20; i++) {
                var sleeper = Reclaim.uniqueSeconds();
                sleepers.add(sleeper);
                running.add(Reclaim.start("run", "--", "sh", "-c",
                        "setsid env -i sleep " + sleeper + " & touch $TMPDIR/x; echo $TMPDIR; exit " + (i + 20)));
            }
            var folders = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                var result = running.get(i).finish();
                assertThat(result.status()).isEqualTo(i + 20);
                assertThat(result.err()).matches(REPORT.formatted("sh", i + 20));
                folders.add(result.out().strip());
            }
            assertThat(folders).doesNotHaveDuplicates().allSatisfy(path -> assertThat(Path.of(path)).doesNotExist());
            assertThat(sleepers).noneMatch(Reclaim::isSleeping);
        } finally {
            for (var reclaim : running) {
                reclaim.close();
            }
        }
    }

    @Test
    public void endsTheCommandOnTerm() throws Exception {
        endsTheCommandOn("TERM");
    }

    @Test
    public void endsTheCommandOnInterrupt() throws Exception {
        endsTheCommandOn("INT");
    }

    @Test
    public void endsTheCommandOnHangup() throws Exception {
        endsTheCommandOn("HUP");
    }

    private void endsTheCommandOn(String signal) throws Exception {
        try (var reclaim = startWithDefault(signal, "run", "--", "sh", "-c",
                "echo $TMPDIR; setsid env -i " + sleeperThatReports() + " & wait")) {
            awaitUp();
            reclaim.signal(signal);

            var result = reclaim.finish();

            assertThat(result.status()).isEqualTo(128 + 15);
            assertThat(result.err()).matches(REPORT.formatted("sh", 128 + 15));
            assertThat(Reclaim.isSleeping(seconds)).isFalse();
            assertThat(Path.of(result.out().strip())).isAbsolute().doesNotExist();
        }
    }

    @Test
    public void theExitStatusIsTheCommandsAlsoAfterASignal() throws Exception {
        try (var reclaim = Reclaim.start("run", "--", "sh", "-c",
                "trap 'exit 9' TERM; touch " + up + "; while :; do sleep 0.1; done")) {
            await().atMost(START).until(() -> Files.exists(up));
            reclaim.signal("TERM");

            assertThat(reclaim.finish().status()).isEqualTo(9);
        }
    }

    @Test
    public void aSecondSignalDoesNotShortenTheEnd() throws Exception {
        var finished = folder.getRoot().toPath().resolve("finished");
        var signalled = folder.getRoot().toPath().resolve("signalled");
        try (var reclaim = startWithDefault("INT", "run", "--grace", "60s", "--", "sh", "-c",
                "echo $TMPDIR; trap 'touch " + signalled + "; sleep 2; touch " + finished + "; exit 9' TERM;"
                        + " touch " + up + "; while :; do sleep 0.1; done")) {
            await().atMost(START).until(() -> Files.exists(up));
            reclaim.signal("TERM");
            await().atMost(START).until(() -> Files.exists(signalled));
            reclaim.signal("TERM");
            reclaim.signal("INT");

            var result = reclaim.finish();

            assertThat(result.status()).isEqualTo(9);
            assertThat(finished).exists();
            assertThat(Path.of(result.out().strip())).isAbsolute().doesNotExist();
        }
    }

    @Test
    public void aCommandThatIgnoresTheSignalIsKilledAfterItsGrace() throws Exception {
        try (var reclaim = Reclaim.start("run", "--grace", "200ms", "--", "sh", "-c",
                "trap '' TERM; echo $TMPDIR; " + sleeperThatReports())) {
            awaitUp();
            reclaim.signal("TERM");

            var result = reclaim.finish();

            assertThat(result.status()).isEqualTo(128 + 9);
            assertThat(Reclaim.isSleeping(seconds)).isFalse();
            assertThat(Path.of(result.out().strip())).isAbsolute().doesNotExist();
        }
    }

    @Test
    public void aMissingCommandIs127() throws Exception {
        var result = Reclaim.run("run", "--", "no-such-command-" + seconds);

        assertThat(result.status()).isEqualTo(127);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).hasLineCount(2)
                .startsWith("reclaim: no-such-command-" + seconds + ": command not found\n");
    }

    @Test
    public void aFileThatCannotBeExecutedIs126() throws Exception {
        var file = folder.newFile("text").toPath();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        var result = Reclaim.run("run", "--", file.toString());

        assertThat(result.status()).isEqualTo(126);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).hasLineCount(2).startsWith("reclaim: " + file + ": can't be executed\n");
    }

    @Test
    public void aFolderIs126() throws Exception {
        assertThat(Reclaim.run("run", "--", folder.getRoot().toString()).status()).isEqualTo(126);
    }

    @Test
    public void aCommandThatASignalEndsIs128PlusItsNumber() throws Exception {
        var result = Reclaim.run("run", "--", "sh", "-c", "kill -KILL $$");

        assertThat(result.status()).isEqualTo(128 + 9);
        assertThat(result.err()).matches(REPORT.formatted("sh", 128 + 9));
    }

    @Test
    public void theCommandHasTheStreamsOfReclaim() throws Exception {
        try (var reclaim = Reclaim.start("run", "--", "sh", "-c", "tr a-z A-Z; echo to-stderr >&2")) {
            reclaim.type("some input\n");

            var result = reclaim.finish();

            assertThat(result.out()).isEqualTo("SOME INPUT\n");
            assertThat(result.err()).startsWith("to-stderr\n").hasLineCount(2);
        }
    }

    @Test
    public void whatWasClosedStaysClosedToTheCommand() throws Exception {
        var closed = List.of("sh", "-c", "exec \"$0\" \"$@\" <&-");
        try (var reclaim = Reclaim.start(closed, Reclaim.INSTALLATION, "run", "--", "cat")) {
            var result = reclaim.finish();

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
        }
    }

    @Test
    public void argumentsArriveAsTheyAre() throws Exception {
        var result = Reclaim.run("run", "--", "printf", "[%s]", "a  b", "", "*", "$HOME", "'\"", "--json", "-x");

        assertThat(result.out()).isEqualTo("[a  b][][*][$HOME]['\"][--json][-x]");
        assertThat(result.status()).isZero();
    }

    @Test
    public void theReportForProgramsIsWritten() throws Exception {
        var json = folder.getRoot().toPath().resolve("out.json");

        var result = Reclaim.run("run", "--json", json.toString(), "--", "sh", "-c", "exit 3");

        assertThat(result.status()).isEqualTo(3);
        assertThat(json).content().contains(
                "\"pid\" : 1,", "\"name\" : \"sh\"", "\"reason\" : \"EXITED\"", "\"exitStatus\" : 3,",
                "\"errors\" : 0,", "\"file_descriptors\" : 1");
    }

    @Test
    public void aReportThatCannotBeWrittenStopsTheCommandBeforeItStarts() throws Exception {
        var json = folder.getRoot() + "/missing/out.json";

        var result = Reclaim.run("run", "--json", json, "--", "touch", up.toString());

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("reclaim: can't write " + json + ": no such folder\n");
        assertThat(up).doesNotExist();
    }

    private static Reclaim startWithDefault(String signal, String... arguments) throws Exception {
        // A build in the background may ignore INT and HUP, and what it starts inherits that.
        return Reclaim.start(List.of("env", "--default-signal=" + signal), Reclaim.INSTALLATION, arguments);
    }

    private String sleeperThatReports() {
        return "sh -c 'touch " + up + "; exec sleep " + seconds + "'";
    }

    private String awaitSleeper() {
        return " while [ ! -e " + up + " ]; do sleep 0.05; done";
    }

    private void awaitUp() {
        await().atMost(START).until(() -> Files.exists(up) && Reclaim.isSleeping(seconds));
    }
}
