package org.reclaim.cli.internal.control;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.felix.gogo.runtime.EOFError;
import org.apache.felix.service.command.CommandProcessor;
import org.reclaim.cli.internal.ExitStatus;
import org.reclaim.cli.internal.GogoSession;
import org.reclaim.cli.internal.Terminal;

/**
 * A console without a terminal: every line of the input is a command, without prompt and echo. A command that fails
 * does not keep the next from running; the exit status is that of the last one.
 */
final class LineConsole implements ClientWork {

    /** The most characters of a command, which may have several lines. */
    static final int MAX_COMMAND = 65_536;

    private final Terminal terminal;
    private final GogoSession session;
    private final Reader input;

    private static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException() {
            super("a command of more than " + MAX_COMMAND + " characters");
        }
    }

    LineConsole(CommandProcessor processor, ClientStreams streams) {
        this.terminal = streams.terminal();
        this.session = new GogoSession(processor, terminal, GogoPlatform.SCOPE);
        this.input = new InputStreamReader(streams.in(), StandardCharsets.UTF_8);
    }

    @Override
    public int run() throws IOException {
        int status = ExitStatus.OK;
        try (session) {
            for (var line = readLine(); line.isPresent() && !leaves(line.get()); line = readLine()) {
                if (!line.get().isBlank()) {
                    status = execute(line.get());
                }
            }
            return terminal.delivered(status);
        } catch (TooLongException e) {
            terminal.complain(e.getMessage());
            return ExitStatus.FAILED;
        }
    }

    private static boolean leaves(String line) {
        return line.strip().equals("exit") || line.strip().equals("quit");
    }

    private int execute(String first) throws IOException {
        var command = first;
        while (true) {
            try {
                session.run(command);
                return ExitStatus.OK;
            } catch (Exception e) {
                // The parser's: a brace or a quote is open, so the command goes on in the next line.
                var more = e instanceof EOFException && e.getCause() instanceof EOFError
                        ? readLine() : Optional.<String>empty();
                if (more.isEmpty()) {
                    terminal.complain(GogoSession.message(e));
                    return ExitStatus.FAILED;
                }
                command = command + "\n" + more.get();
                if (command.length() > MAX_COMMAND) {
                    throw new TooLongException();
                }
            }
        }
    }

    /** Empty at the end of the input. */
    private Optional<String> readLine() throws IOException {
        var line = new StringBuilder();
        int next = input.read();
        if (next < 0) {
            return Optional.empty();
        }
        for (; next >= 0 && next != '\n'; next = input.read()) {
            line.append((char) next);
            if (line.length() > MAX_COMMAND) {
                throw new TooLongException();
            }
        }
        return Optional.of(line.toString());
    }

    @Override
    public void cancel() {
        session.close();
    }
}
