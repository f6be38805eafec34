package org.reclaim.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void makesEachColumnAsWideAsItsWidestCell() {
        var table = new Table("what", "ns");
        table.add("track", "1234");
        table.add("", "5");

        assertThat(table.lines()).containsExactly(
                "| what  | ns   |",
                "| ----- | ---- |",
                "| track | 1234 |",
                "|       | 5    |");
    }

    @Test
    void refusesALineOfAnotherLength() {
        var table = new Table("what", "ns");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.add("track"))
                .withMessage("1 cells, must be 2");
    }
}
