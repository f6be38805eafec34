package org.reclaim.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.fd.FdManager;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import sun.misc.Signal;

/** On a real platform, with real commands. They write to files, as the streams of this JVM belong to the build. */
@SuppressWarnings("sunapi")
class RunCommandTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final EmbeddedProcessManager platform = ProcessManagers.builder().build();
    private final TestTerminal terminal = new TestTerminal("");

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void theExitStatusIsTheCommands() {
        assertThat(run("exit 7")).isEqualTo(7);
        assertThat(terminal.out()).isEmpty();
        assertThat(terminal.err()).matches(
                "reclaim: process 1 \\(sh\\) ended with status 7; gave back file_descriptors 1 in \\d+ us\n");
    }

    @Test
    void theCommandHasATemporaryFolderThatGoesWithIt() throws Exception {
        var told = folder.resolve("told");

        assertThat(run("mkdir -p $TMPDIR/a/b && touch $TMPDIR/a/b/c && echo $TMPDIR > " + told)).isZero();

        assertThat(Path.of(Files.readString(told).strip())).isAbsolute().doesNotExist();
    }

    @Test
    void withoutTheTypeTheCommandRunsWithoutTheFolder() {
        var run = new RunCommand(platform, Optional.empty(), terminal.streams());

        assertThat(run.run(options("exit 3"))).isEqualTo(3);
        assertThat(terminal.err()).startsWith("reclaim: no temporary folder for the command").hasLineCount(2);
    }

    @Test
    void aCommandThatASignalEndedIs128PlusItsNumber() {
        assertThat(run("kill -KILL $$")).isEqualTo(128 + 9);
    }

    @Test
    void aMissingCommandIs127AndEverythingIsGivenBack() {
        assertThat(command().run(options(Optional.empty(), List.of("/no/such/command")))).isEqualTo(127);
        assertThat(terminal.err()).hasLineCount(2).startsWith("reclaim: /no/such/command: command not found\n");
        assertThat(platform.processes()).isEmpty();
        assertThat(platform.inventory().types()).allMatch(type -> type.live() == 0);
    }

    @Test
    void aFileThatIsNoProgramIs126() throws Exception {
        var file = Files.writeString(folder.resolve("text"), "text");

        assertThat(command().run(options(Optional.empty(), List.of(file.toString())))).isEqualTo(126);
        assertThat(terminal.err()).hasLineCount(2).startsWith("reclaim: " + file + ": can't be executed\n");
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidAndNothingRuns() throws Exception {
        var touched = folder.resolve("touched");
        var broken = (FdManager) Proxy.newProxyInstance(
                FdManager.class.getClassLoader(), new Class<?>[] {FdManager.class}, (proxy, method, arguments) -> {
                    throw new IOException("no space left");
                });
        var run = new RunCommand(platform, Optional.of(broken), terminal.streams());

        assertThat(run.run(options("touch " + touched))).isEqualTo(1);

        assertThat(terminal.err()).hasLineCount(2).contains("no space left");
        assertThat(touched).doesNotExist();
    }

    @Test
    void aCommandWithoutNameIsWrongUsage() {
        assertThat(command().run(options(Optional.empty(), List.of("")))).isEqualTo(2);
        assertThat(terminal.err()).startsWith("reclaim: command is").hasLineCount(1);
        assertThat(platform.history()).isEmpty();
    }

    @Test
    void aGraceThatIsTooLongIsWrongUsage() {
        var options = new Options(
                Optional.empty(), false, Optional.of(Duration.ofDays(2)), List.of("true"), List.of());

        assertThat(command().run(options)).isEqualTo(2);
        assertThat(terminal.err()).startsWith("reclaim: grace is PT48H").hasLineCount(1);
    }

    @Test
    void theReportForProgramsHasTheStatus() {
        var json = folder.resolve("report.json");

        assertThat(command().run(options(Optional.of(json), List.of("sh", "-c", "exit 5")))).isEqualTo(5);

        assertThat(json).content().contains("\"exitStatus\" : 5,", "\"reason\" : \"EXITED\"");
    }

    @Test
    void aMissingCommandHasAReportToo() {
        var json = folder.resolve("report.json");

        assertThat(command().run(options(Optional.of(json), List.of("/no/such/command")))).isEqualTo(127);

        assertThat(json).content().contains("\"exitStatus\" : 127,", "\"reason\" : \"FAILED\"");
    }

    @Test
    void aReportThatCannotBeWrittenIsFoundOutBeforeTheCommandStarts() {
        var touched = folder.resolve("touched");

        assertThat(command().run(options(Optional.of(folder), List.of("touch", touched.toString())))).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: can't write " + folder + ": is a folder\n");
        assertThat(touched).doesNotExist();
    }

    @Test
    void aReportThatCannotBeWrittenInTheEndIsAFailure() throws Exception {
        var gone = Files.createDirectory(folder.resolve("gone"));
        var json = Optional.of(gone.resolve("report.json"));

        assertThat(command().run(options(json, List.of("rmdir", gone.toString())))).isEqualTo(1);
        assertThat(terminal.err()).contains("reclaim: can't write " + json.get() + ": no such folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aSignalEndsTheCommandAndTheStatusIsStillTheCommands(String signal) throws Exception {
        assumeThat(isIgnored(signal)).as("a build in the background may ignore " + signal).isFalse();
        var up = folder.resolve("up");
        var running = CompletableFuture.supplyAsync(() ->
                run("exec 2>/dev/null; trap 'exit 9' TERM; touch " + up + "; while :; do sleep 0.05; done"));
        await().atMost(DEADLINE).until(() -> Files.exists(up));

        Signal.raise(new Signal(signal));

        assertThat(running.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(9);
        assertThat(platform.processes()).isEmpty();
    }

    @Test
    void furtherSignalsDoNotShortenTheEnd() throws Exception {
        var up = folder.resolve("up");
        var asked = folder.resolve("asked");
        var finished = folder.resolve("finished");
        var running = CompletableFuture.supplyAsync(() -> run("exec 2>/dev/null; trap 'touch " + asked
                + "; sleep 1; touch " + finished + "; exit 9' TERM; touch " + up + "; while :; do sleep 0.05; done"));
        await().atMost(DEADLINE).until(() -> Files.exists(up));

        Signal.raise(new Signal("TERM"));
        await().atMost(DEADLINE).until(() -> Files.exists(asked));
        Signal.raise(new Signal("TERM"));

        assertThat(running.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(9);
        assertThat(finished).exists();
    }

    @Test
    void afterwardsSignalsGoWhereTheyWentBefore() throws Exception {
        assumeThat(isIgnored("HUP")).as("a build in the background may ignore HUP").isFalse();
        var received = new AtomicInteger();
        var signal = new Signal("HUP");
        var original = Signal.handle(signal, any -> received.incrementAndGet());
        try {
            assertThat(run("true")).isZero();

            Signal.raise(signal);

            await().atMost(DEADLINE).until(() -> received.get() == 1);
        } finally {
            Signal.handle(signal, original);
        }
    }

    /** What a JVM finds ignored when it starts, it leaves ignored. */
    private static boolean isIgnored(String signal) throws IOException {
        var mask = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
                .findFirst()
                .orElseThrow();
        return (mask >> new Signal(signal).getNumber() - 1 & 1) == 1;
    }

    private RunCommand command() {
        return new RunCommand(platform, Optional.of(platform.manager(FdManager.class)), terminal.streams());
    }

    private int run(String script) {
        return command().run(options(script));
    }

    private static Options options(String script) {
        return options(Optional.empty(), List.of("sh", "-c", script));
    }

    private static Options options(Optional<Path> json, List<String> command) {
        return new Options(json, false, Optional.of(DEADLINE), command, List.of());
    }
}
