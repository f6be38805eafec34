package org.reclaim.signals.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.signal.PosixSignal;
import sun.misc.Signal;

@SuppressWarnings("sunapi")
class PosixSignalTest {

    @ParameterizedTest
    @EnumSource
    void itsNumberIsThatOfThisSystem(PosixSignal signal) {
        assertThat(signal.number()).isEqualTo(new Signal(signal.name()).getNumber());
    }

    @ParameterizedTest
    @EnumSource
    void itIsFoundByItsNumberAndItsNames(PosixSignal signal) {
        assertThat(PosixSignal.of(signal.number())).isEqualTo(signal);
        assertThat(PosixSignal.of(signal.name())).isEqualTo(signal);
        assertThat(PosixSignal.of(signal.toString())).isEqualTo(signal);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 32, 64})
    void otherNumbersAreRefused(int number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PosixSignal.of(number))
                .withMessage("number is " + number + ", must be from 1 to 31");
    }

    @Test
    void otherNamesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PosixSignal.of("term"))
                .withMessageStartingWith("name is 'term', must be one of [SIGHUP, ");
    }
}
