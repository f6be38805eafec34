package org.reclaim.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.benchmarks.Invocation.Topic;

class InvocationTest {

    @Test
    void measuresEverythingIfNothingIsNamed() {
        assertThat(Invocation.parse().topics()).containsExactly(Topic.values());
    }

    @Test
    void measuresOnlyWhatIsNamed() {
        assertThat(Invocation.parse("bytes", "track").topics()).containsExactly(Topic.TRACK, Topic.BYTES);
    }

    @Test
    void isShorterIfAskedTo() {
        var usual = Invocation.parse();
        var brief = Invocation.parse("--short");

        assertThat(brief.rounds()).isLessThan(usual.rounds());
        assertThat(brief.effort().measurements()).isLessThan(usual.effort().measurements());
    }

    @Test
    void measuresAsManyRoundsAsAskedForHoweverShort() {
        assertThat(Invocation.parse("--rounds", "7", "--short").rounds()).isEqualTo(7);
    }

    @Test
    void handsFlagsToTheMeasuredJvms() {
        assertThat(Invocation.parse("--java", "-Xmx1g", "--java", "-XX:+UseParallelGC").jvmFlags())
                .containsExactly("-Xmx1g", "-XX:+UseParallelGC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "five", ""})
    void refusesOtherNumbersOfRounds(String rounds) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Invocation.parse("--rounds", rounds))
                .withMessage("--rounds is '" + rounds + "', must be 1 to 1000");
    }

    @Test
    void refusesAnOptionWithoutItsValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Invocation.parse("--rounds"))
                .withMessage("--rounds needs a value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Invocation.parse("--java"))
                .withMessage("--java needs a value");
    }

    @Test
    void saysWhatThereIsWhenItDoesNotKnowAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Invocation.parse("trakc"))
                .withMessage("unknown 'trakc'; there are track, end, batch, peers, rings, bytes, cli (all if none is"
                        + " named), --short, --rounds N and --java FLAG");
    }
}
