package org.reclaim.launcher;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The terminal that this program runs on, by stty(1): the JDK has no access to its mode. Thread-safe.
 */
final class Tty implements AutoCloseable {
    private static final WindowSize USUAL = new WindowSize(80, 24);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4}) (\\d{1,4})");

    private final String mode;
    private boolean raw;

    private Tty(String mode) {
        this.mode = mode;
    }

    /** Empty unless standard input and output are a terminal. */
    static Optional<Tty> ofThisProgram() throws IOException {
        // Its standard output is a pipe to us, so it is asked on another descriptor.
        var test = new ProcessBuilder("sh", "-c", "test -t 0 && test -t 1").inheritIO().start();
        if (await(test) != 0) {
            return Optional.empty();
        }
        return Optional.of(new Tty(stty(List.of("-g"))));
    }

    /** From here on every key comes through at once, also those that stand for signals. */
    synchronized void makeRaw() throws IOException {
        raw = true;
        stty(List.of("raw", "-echo"));
    }

    /** How big it is now. */
    WindowSize size() throws IOException {
        var matcher = SIZE.matcher(stty(List.of("size")));
        if (!matcher.matches()) {
            return USUAL;
        }
        int rows = Integer.parseInt(matcher.group(1));
        int columns = Integer.parseInt(matcher.group(2));
        // A terminal that does not know says 0.
        return rows == 0 || columns == 0 ? USUAL : new WindowSize(columns, rows);
    }

    /** Makes it what it was. */
    @Override
    public synchronized void close() throws IOException {
        if (raw) {
            raw = false;
            stty(List.of(mode));
        }
    }

    private static String stty(List<String> arguments) throws IOException {
        var command = new ArrayList<>(List.of("stty"));
        command.addAll(arguments);
        var stty = new ProcessBuilder(command)
                .redirectInput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT)
                .start();
        var printed = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        int status = await(stty);
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " failed with status " + status);
        }
        return printed;
    }

    private static int await(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
