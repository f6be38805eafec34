package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationTest {
    private static final Optional<Path> NO_HOME = Optional.empty();

    @Test
    void nothingMeansThePlatformWithItsConsole() throws Exception {
        assertThat(Invocation.parse()).isEqualTo(new Invocation(Verb.INTERACTIVE, NO_HOME, Map.of()));
        assertThat(Verb.INTERACTIVE.oneShot()).isFalse();
    }

    @Test
    void demoWithoutOptionsDoesNotPause() throws Exception {
        assertThat(Invocation.parse("demo")).isEqualTo(new Invocation(Verb.DEMO, NO_HOME, Map.of("pause", false)));
        assertThat(Verb.DEMO.oneShot()).isTrue();
    }

    @Test
    void demoTakesBothOptionsInAnyOrder() throws Exception {
        var expected = new Invocation(Verb.DEMO, NO_HOME, Map.of("pause", true, "json", Path.of("out.json")));
        assertThat(Invocation.parse("demo", "--json", "out.json", "--pause")).isEqualTo(expected);
        assertThat(Invocation.parse("demo", "--pause", "--json=out.json")).isEqualTo(expected);
    }

    @Test
    void runKeepsEveryArgumentAfterTheSeparatorAsItIs() throws Exception {
        assertThat(Invocation.parse("run", "--", "sh", "-c", "exit 7", "--", "--json", ""))
                .isEqualTo(new Invocation(Verb.RUN, NO_HOME,
                        Map.of("command", List.of("sh", "-c", "exit 7", "--", "--json", ""))));
    }

    @Test
    void runTakesItsOptionsBeforeTheSeparator() throws Exception {
        assertThat(Invocation.parse("run", "--json", "a b", "--grace", "500ms", "--", "true").arguments())
                .isEqualTo(Map.of("json", Path.of("a b"), "grace", Duration.ofMillis(500),
                        "command", List.of("true")));
    }

    @Test
    void execTakesLines() throws Exception {
        assertThat(Invocation.parse("exec", "show 1 | grep x", "ps").lines()).containsExactly("show 1 | grep x", "ps");
    }

    @ParameterizedTest
    @CsvSource({"start, START", "status, STATUS", "stop, STOP", "console, CONSOLE", "daemon, DAEMON"})
    void verbsOfARunningPlatformTakeNothingElse(String word, Verb verb) throws Exception {
        assertThat(Invocation.parse(word)).isEqualTo(new Invocation(verb, NO_HOME, Map.of()));
        assertThatThrownBy(() -> Invocation.parse(word, "now")).hasMessageStartingWith("unexpected argument 'now'");
    }

    @Test
    void startInTheForegroundIsThePlatformItself() throws Exception {
        assertThat(Invocation.parse("start", "--foreground", "--home", "x"))
                .isEqualTo(new Invocation(Verb.SERVE, Optional.of(Path.of("x")), Map.of()));
    }

    @Test
    void theHomeIsNamedBeforeOrAfterTheVerb() throws Exception {
        var home = Optional.of(Path.of("a b"));
        assertThat(Invocation.parse("--home", "a b").home()).isEqualTo(home);
        assertThat(Invocation.parse("--home", "a b", "exec", "ps").home()).isEqualTo(home);
        assertThat(Invocation.parse("exec", "--home=a b", "ps"))
                .isEqualTo(new Invocation(Verb.EXEC, home, Map.of("lines", List.of("ps"))));
        assertThat(Invocation.parse("exec", "ps", "--home", "a b").lines()).containsExactly("ps");
    }

    @Test
    void theCommandOfRunMayHaveAHomeOfItsOwn() throws Exception {
        assertThat(Invocation.parse("run", "--", "x", "--home", "y"))
                .isEqualTo(new Invocation(Verb.RUN, NO_HOME, Map.of("command", List.of("x", "--home", "y"))));
    }

    @ParameterizedTest
    @CsvSource({"-h, HELP", "--help, HELP", "--version, VERSION"})
    void asksForInformation(String argument, Verb verb) throws Exception {
        assertThat(Invocation.parse(argument).verb()).isEqualTo(verb);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            demos                    | unknown command 'demos'; there are demo, run, exec
            demo x                   | unexpected argument 'x'; usage: reclaim demo [--json FILE] [--pause]
            demo --js x              | Unrecognized option: --js; usage: reclaim demo
            demo --json              | Missing argument for option: json; usage: reclaim demo
            run                      | the command to run is missing; usage: reclaim run
            run --                   | the command to run is missing; usage: reclaim run
            run sh -c true           | '--' is missing before the command; usage: reclaim run
            run sh -- true           | unexpected argument 'sh'; usage: reclaim run
            run --pause -- true      | Unrecognized option: --pause; usage: reclaim run
            run --grace 5 -- true    | no duration: '5', write 500ms, 5s, 2m or PT1.5S; usage: reclaim run
            run --grace -5s -- true  | no duration: '-5s'
            exec                     | the console command is missing; usage: reclaim exec 'CONSOLE COMMAND'
            exec --home              | the folder after --home is missing
            run --home -- true       | the folder after --home is missing
            --home a exec --home b x | --home is there twice
            --home= exec ps          | the folder after --home is empty
            stop hard                | unexpected argument 'hard'; usage: reclaim stop
            start --background       | unexpected argument '--background'; usage: reclaim start [--foreground]
            """)
    void saysInOneLineWhatIsWrongAndWhatIsRight(String line, String message) {
        assertThatThrownBy(() -> Invocation.parse(line.split(" +")))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesEmptyValues() {
        assertThatThrownBy(() -> Invocation.parse("demo", "--json", ""))
                .hasMessageStartingWith("the file name after --json is empty");
        assertThatThrownBy(() -> Invocation.parse("exec", "  ")).hasMessageStartingWith("the console command is empty");
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "5s, PT5S", "2m, PT2M", "1h, PT1H", "0s, PT0S", "5S, PT5S", "pt1.5s, PT1.5S"})
    void readsDurations(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "5d", "1e3s", "-1s", "PT-1S", "99999999999999999999s"})
    void refusesWhatIsNoDuration(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }
}
