package org.reclaim.asynctasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraceTimeTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "1500, 1500", "' 20 ', 20", "86400000, 86400000"})
    void itIsConfiguredInMilliseconds(String value, long millis) {
        assertThat(GraceTime.of(Map.of(GraceTime.PROPERTY, value)::get)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void itIsTwoSecondsUnlessItIsConfigured() {
        assertThat(GraceTime.of(Map.<String, String>of()::get)).isEqualTo(Duration.ofSeconds(2));
        assertThat(GraceTime.of(Map.of(GraceTime.PROPERTY, " ")::get)).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "86400001", "2s", "1.5", "99999999999999999999"})
    void aWrongValueIsRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraceTime.of(Map.of(GraceTime.PROPERTY, value)::get))
                .withMessage("The property reclaim.async.tasks.grace.millis is '" + value
                        + "', must be a whole number from 0 to 86400000");
    }
}
