package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationTest {
    @Test
    void nothingMeansTheConsole() throws Exception {
        assertThat(Invocation.parse()).isEqualTo(new Invocation(Verb.CONSOLE, Map.of()));
        assertThat(Invocation.parse().oneShot()).isFalse();
    }

    @Test
    void demoWithoutOptionsDoesNotPause() throws Exception {
        assertThat(Invocation.parse("demo")).isEqualTo(new Invocation(Verb.DEMO, Map.of("pause", false)));
        assertThat(Invocation.parse("demo").oneShot()).isTrue();
    }

    @Test
    void demoTakesBothOptionsInAnyOrder() throws Exception {
        var expected = new Invocation(Verb.DEMO, Map.of("pause", true, "json", Path.of("out.json")));
        assertThat(Invocation.parse("demo", "--json", "out.json", "--pause")).isEqualTo(expected);
        assertThat(Invocation.parse("demo", "--pause", "--json=out.json")).isEqualTo(expected);
    }

    @Test
    void runKeepsEveryArgumentAfterTheSeparatorAsItIs() throws Exception {
        assertThat(Invocation.parse("run", "--", "sh", "-c", "exit 7", "--", "--json", ""))
                .isEqualTo(new Invocation(Verb.RUN,
                        Map.of("command", List.of("sh", "-c", "exit 7", "--", "--json", ""))));
    }

    @Test
    void runTakesItsOptionsBeforeTheSeparator() throws Exception {
        assertThat(Invocation.parse("run", "--json", "a b", "--grace", "500ms", "--", "true").arguments())
                .isEqualTo(Map.of("json", Path.of("a b"), "grace", Duration.ofMillis(500),
                        "command", List.of("true")));
    }

    @Test
    void execTakesOneLine() throws Exception {
        assertThat(Invocation.parse("exec", "show 1 | grep x"))
                .isEqualTo(new Invocation(Verb.EXEC, Map.of("line", "show 1 | grep x")));
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
            exec show 1              | the console command must be one argument, in quotes; usage: reclaim exec
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
