package org.reclaim.cli.internal.control;

import java.util.Optional;
import java.util.regex.Pattern;
import org.reclaim.launcher.control.ProtocolException;

/**
 * The terminal that a console is shown on.
 *
 * @param size its size at first
 * @param type its kind, as terminfo(5) names it
 */
record ClientTerminal(WindowSize size, String type) {

    /** The name becomes the argument of a program. */
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}");

    private static final String UNKNOWN = "dumb";

    /** Reads it as the protocol has it; empty if the client has none. */
    static Optional<ClientTerminal> parse(String text) throws ProtocolException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int end = text.indexOf(' ', text.indexOf(' ') + 1);
        if (end < 0) {
            throw new ProtocolException("no terminal");
        }
        var type = text.substring(end + 1);
        return Optional.of(new ClientTerminal(
                WindowSize.parse(text.substring(0, end)), TYPE.matcher(type).matches() ? type : UNKNOWN));
    }
}
