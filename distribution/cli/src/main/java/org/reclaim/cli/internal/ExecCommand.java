package org.reclaim.cli.internal;

import java.lang.reflect.InvocationTargetException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;

/** {@code reclaim exec}: one line of the console, without the console. */
final class ExecCommand {

    private final CommandProcessor processor;
    private final Terminal terminal;

    ExecCommand(CommandProcessor processor, Terminal terminal) {
        this.processor = processor;
        this.terminal = terminal;
    }

    int run(String line) {
        try (var session = processor.createSession(terminal.in(), terminal.out(), terminal.err())) {
            // Our commands first: "history" is ours, not a shell's.
            session.put("SCOPE", "reclaim:*");
            var result = session.execute(line);
            if (result != null) {
                terminal.out().println(session.format(result, Converter.INSPECT));
            }
            return terminal.delivered(ExitStatus.OK);
        } catch (Exception e) {
            terminal.complain(message(e));
            return ExitStatus.FAILED;
        }
    }

    private static String message(Exception e) {
        // Gogo unwraps what a command threw, but not if it is an Error.
        var thrown = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
        return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    }
}
