package org.reclaim.cli.internal;

import java.lang.reflect.InvocationTargetException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** A session of the command interpreter that belongs to a program instead of a shell. */
public final class GogoSession implements AutoCloseable {

    private final CommandSession session;
    private final Terminal terminal;

    /**
     * Begins a session.
     *
     * @param scope where commands without a scope are looked for, in this order, between colons
     */
    public GogoSession(CommandProcessor processor, Terminal terminal, String scope) {
        this.terminal = terminal;
        this.session = processor.createSession(terminal.in(), terminal.out(), terminal.err());
        session.put("SCOPE", scope);
    }

    /**
     * Runs a line, and prints what it returns.
     *
     * @throws java.io.EOFException if the line is the beginning of a longer one
     * @throws Exception            what the command throws
     */
    public void run(String line) throws Exception {
        var result = session.execute(line);
        if (result != null) {
            terminal.out().println(session.format(result, Converter.INSPECT));
        }
    }

    /** Interrupts what runs; nothing can be run any more. Any thread. */
    @Override
    public void close() {
        session.close();
    }

    /** What to tell people of a failure. */
    public static String message(Exception e) {
        // Gogo unwraps what a command threw, but not if it is an Error.
        var thrown = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
        return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    }
}
