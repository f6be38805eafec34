package org.reclaim.cli.internal;

import java.util.List;
import org.apache.felix.service.command.CommandProcessor;

/** {@code reclaim exec}: lines of the console, without the console, up to the first that fails. */
public final class ExecCommand {

    /** Our commands first: "history" is ours, not a shell's. */
    private static final String SCOPE = "reclaim:*";

    private final Terminal terminal;
    private final GogoSession session;

    /** Runs commands with these streams. */
    public ExecCommand(CommandProcessor processor, Terminal terminal) {
        this.terminal = terminal;
        this.session = new GogoSession(processor, terminal, SCOPE);
    }

    /**
     * Runs them, once.
     *
     * @return the exit status
     */
    public int run(List<String> lines) {
        try (session) {
            for (var line : lines) {
                session.run(line);
            }
            return terminal.delivered(ExitStatus.OK);
        } catch (Exception e) {
            terminal.complain(GogoSession.message(e));
            return ExitStatus.FAILED;
        }
    }

    /** Interrupts what runs, and keeps the rest from running. Any thread. */
    public void cancel() {
        session.close();
    }
}
