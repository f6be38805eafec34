package org.reclaim.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** {@code reclaim console}: over pipes, and on terminals, which script(1) makes. */
public class AttachedConsoleIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String PROMPT = "reclaim> ";

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static Background platform;

    @BeforeClass
    public static void start() throws Exception {
        platform = new Background(FOLDER.getRoot().toPath().resolve("home")).start();
    }

    @AfterClass
    public static void stop() throws Exception {
        platform.close();
    }

    @Test
    public void everyLineOfAPipeIsACommand() throws Exception {
        var result = platform.runWith("ps\nnonsense\necho hello | grep ell\nexit\necho never\n", "console");

        assertThat(result.out()).startsWith("No process is alive.\n").contains("ell").doesNotContain("never", PROMPT);
        assertThat(result.err()).isEqualTo("reclaim: Command not found: nonsense\n");
        assertThat(result.status()).isZero();
        assertThat(platform.runWith("nonsense", "console").status()).isEqualTo(1);
    }

    @Test
    public void aTerminalHasAPromptAndLeavingItLeavesThePlatform() throws Exception {
        try (var terminal = terminal("")) {
            awaitPrompts(terminal, 1);
            terminal.type("ps\r");
            awaitPrompts(terminal, 2);
            assertThat(terminal.out()).contains("No process is alive.");
            terminal.type("exit\r");
            await().atMost(LONG).until(() -> terminal.out().contains("status=0"));
        }
        assertThat(platform.run("status").status()).isZero();
    }

    @Test
    public void theEndOfInputLeavesTheConsole() throws Exception {
        try (var terminal = terminal("")) {
            awaitPrompts(terminal, 1);
            terminal.type("\4");
            await().atMost(LONG).until(() -> terminal.out().contains("status=0"));
        }
        assertThat(platform.run("status").status()).isZero();
    }

    @Test
    public void aKeyInterruptsTheCommandAndOthersGoOn() throws Exception {
        try (var one = terminal(""); var other = terminal("")) {
            awaitPrompts(one, 1);
            awaitPrompts(other, 1);
            one.type("while { true } { echo again }\r");
            await().atMost(LONG).until(() -> one.out().contains("again\r\nagain\r\n"));

            other.type("echo mine\r");
            await().atMost(LONG).until(() -> other.out().contains("mine\r\n"));
            one.type("\3");

            awaitPrompts(one, 2);
            one.type("exit\r");
            other.type("exit\r");
            await().atMost(LONG).until(() -> one.out().contains("status=0") && other.out().contains("status=0"));
        }
    }

    @Test
    public void theTerminalIsAsBeforeHoweverTheClientEnds() throws Exception {
        for (var signal : List.of("TERM", "INT", "HUP")) {
            var file = FOLDER.newFile().toPath();
            try (var terminal = inTerminal("before=$(stty -g); " + commandWithPidIn(file)
                    + "; [ \"$before\" = \"$(stty -g)\" ] && echo same=$?")) {
                awaitPrompts(terminal, 1);
                kill(signal, file);
                await().atMost(LONG).until(() -> terminal.out().contains("same=0"));
            }
        }
    }

    @Test
    public void aPlatformThatStopsEndsItsConsoles() throws Exception {
        var home = FOLDER.getRoot().toPath().resolve("other home");
        try (var other = new Background(home).start()) {
            var line = Reclaim.INSTALLATION.resolve("bin/reclaim") + " console --home '" + home + "'; echo status=$?";
            try (var terminal = inTerminal(line)) {
                awaitPrompts(terminal, 1);
                assertThat(other.run("stop").status()).isZero();
                await().atMost(LONG).until(() -> terminal.out().contains("status=1"));
                assertThat(terminal.out()).contains("reclaim: the platform closed the connection: it is stopping");
            }
        }
    }

    @Test
    public void nothingIsLeftOfAConsoleThatIsKilled() throws Exception {
        // What consoles load on their first use stays.
        aTerminalHasAPromptAndLeavingItLeavesThePlatform();
        long pid = platform.pid();
        var before = Background.footprint(pid);
        var file = FOLDER.newFile().toPath();
        try (var terminal = inTerminal(commandWithPidIn(file))) {
            awaitPrompts(terminal, 1);
            terminal.type("while { true } { echo again }\r");
            await().atMost(LONG).until(() -> terminal.out().contains("again\r\nagain\r\n"));
            kill("KILL", file);

            await().atMost(LONG).untilAsserted(() -> {
                var now = Background.footprint(pid);
                assertThat(now.getFirst()).as("threads").isLessThanOrEqualTo(before.getFirst());
                assertThat(now.getLast()).as("descriptors").isLessThanOrEqualTo(before.getLast());
            });
        }
        assertThat(platform.home().resolve("log/reclaim.log")).content().doesNotContain("WARN", "ERROR");
    }

    /** Its pid is in the file as soon as it is there. */
    private static String commandWithPidIn(Path file) {
        return "env --default-signal sh -c 'echo $$ > " + file + "; exec \"$0\" \"$@\"' " + command();
    }

    private static void kill(String signal, Path file) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Files.readString(file).strip()).start().waitFor();
    }

    private static String command() {
        return Reclaim.INSTALLATION.resolve("bin/reclaim") + " console --home " + platform.home();
    }

    private static Reclaim terminal(String before) throws Exception {
        return inTerminal(before + command() + "; echo status=$?");
    }

    private static Reclaim inTerminal(String line) throws Exception {
        return Reclaim.startProgram("env", "TERM=xterm", "script", "-qfec", line, Path.of("/dev/null").toString());
    }

    private static void awaitPrompts(Reclaim terminal, int count) {
        await().atMost(LONG).until(() -> terminal.out().split(PROMPT, -1).length > count);
    }
}
