package org.reclaim.orchestrator.internal.console;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a command returns: to scripts a list of records, to people a table.
 *
 * @param <R> the records
 */
final class Table<R> extends AbstractList<R> {

    private static final String GAP = "  ";

    private final String whenEmpty;
    private final List<R> rows;
    private final List<Column<R>> columns = new ArrayList<>();

    /**
     * A table without columns.
     *
     * @param whenEmpty what people read if there is no row
     * @param rows      copied
     */
    Table(String whenEmpty, List<? extends R> rows) {
        this.whenEmpty = whenEmpty;
        this.rows = List.copyOf(rows);
    }

    private record Column<R>(String title, boolean number, Function<? super R, ?> value) {

        String text(R row) {
            return printable(String.valueOf(value.apply(row)));
        }

        String padded(String text, int width) {
            return number ? " ".repeat(width - text.length()) + text : text + " ".repeat(width - text.length());
        }
    }

    /** Adds a column of text. */
    Table<R> text(String title, Function<? super R, ?> value) {
        columns.add(new Column<>(title, false, value));
        return this;
    }

    /** Adds a column of numbers. */
    Table<R> number(String title, Function<? super R, ?> value) {
        columns.add(new Column<>(title, true, value));
        return this;
    }

    @Override
    public R get(int index) {
        return rows.get(index);
    }

    @Override
    public int size() {
        return rows.size();
    }

    /** The table as lines, without a line break at the end. */
    @Override
    public String toString() {
        if (rows.isEmpty()) {
            return whenEmpty;
        }
        var lines = new ArrayList<StringBuilder>();
        for (int i = 0; i <= rows.size(); i++) {
            lines.add(new StringBuilder());
        }
        for (var column : columns) {
            var cells = new ArrayList<String>();
            cells.add(column.title);
            rows.forEach(row -> cells.add(column.text(row)));
            int width = cells.stream().mapToInt(String::length).max().orElse(0);
            for (int i = 0; i < cells.size(); i++) {
                lines.get(i).append(column.padded(cells.get(i), width)).append(GAP);
            }
        }
        return String.join("\n", lines.stream().map(line -> line.toString().stripTrailing()).toList());
    }

    /** Names and paths are other people's: what a terminal would act on is made visible. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
