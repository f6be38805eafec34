package org.reclaim.orchestrator.internal.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private record Row(String name, long size) {}

    private static Table<Row> table(Row... rows) {
        return new Table<>("There is none.", List.of(rows)).text("NAME", Row::name).number("SIZE", Row::size);
    }

    @Test
    void alignsTextToTheLeftAndNumbersToTheRight() {
        assertThat(table(new Row("a", 1), new Row("longer", 12_345))).hasToString("""
                NAME     SIZE
                a           1
                longer  12345""");
    }

    @Test
    void isAListOfItsRowsForScripts() {
        var row = new Row("a", 1);

        assertThat(table(row)).containsExactly(row);
    }

    @Test
    void withoutRowsSaysSo() {
        assertThat(table()).isEmpty();
        assertThat(table()).hasToString("There is none.");
    }

    @Test
    void namesCanNeitherBreakLinesNorSteerTheTerminal() {
        assertThat(table(new Row("x\n\u001b[2Jy", 1)).toString()).hasLineCount(2).contains("x??[2Jy");
    }

    @Test
    void linesDoNotEndInBlanks() {
        var table = new Table<>("", List.of("a", "")).text("TEXT", text -> text);

        assertThat(table).hasToString("TEXT\na\n");
    }
}
