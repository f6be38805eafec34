package org.reclaim.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Text in columns, as Markdown reads it, too. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    Table(String... head) {
        columns = head.length;
        rows.add(List.of(head));
        rows.add(Collections.nCopies(columns, "---"));
    }

    void add(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells, must be " + columns);
        }
        rows.add(List.of(cells));
    }

    List<String> lines() {
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder("|");
        for (int i = 0; i < widths.length; i++) {
            var cell = row.get(i);
            char filling = cell.equals("---") ? '-' : ' ';
            line.append(' ').append(cell).repeat(filling, widths[i] - cell.length()).append(" |");
        }
        return line.toString();
    }
}
