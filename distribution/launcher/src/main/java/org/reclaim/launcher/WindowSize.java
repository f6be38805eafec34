package org.reclaim.launcher;

/**
 * The size of a terminal.
 *
 * @param columns characters in a line
 * @param rows    lines
 */
record WindowSize(int columns, int rows) {
    /** As the protocol has it. */
    @Override
    public String toString() {
        return columns + " " + rows;
    }
}
