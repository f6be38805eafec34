package org.reclaim.cli.internal.control;

import java.util.regex.Pattern;
import org.reclaim.launcher.control.ProtocolException;

/**
 * The size of a client's terminal.
 *
 * @param columns 1 to 9999
 * @param rows    1 to 9999
 */
record WindowSize(int columns, int rows) {

    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,3}) ([1-9]\\d{0,3})");

    /** Reads it as the protocol has it. */
    static WindowSize parse(String text) throws ProtocolException {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new ProtocolException("no size of a terminal");
        }
        return new WindowSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
}
