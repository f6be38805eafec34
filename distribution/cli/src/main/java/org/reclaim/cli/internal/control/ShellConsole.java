package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.osgi.framework.BundleContext;
import org.reclaim.cli.internal.ExitStatus;

/**
 * A shell with line editing on a terminal that is somewhere else: JLine makes one of the client's streams, and the
 * client hands every key through. Leaving the shell ends this console, and nothing else.
 */
final class ShellConsole implements ClientWork {

    private final Terminal terminal;
    private final CommandSession session;
    private final Shell shell;

    ShellConsole(BundleContext context, CommandProcessor processor, ClientTerminal kind, ClientStreams streams)
            throws IOException {
        terminal = new ExternalTerminal(
                "reclaim", kind.type(), streams.in(), streams.out(), StandardCharsets.UTF_8);
        resize(kind.size());
        session = processor.createSession(terminal.input(), terminal.output(), terminal.output());
        shell = new Shell(new Context(context), processor);
        session.put(Shell.VAR_TERMINAL, terminal);
        // For the profile: see conf/etc/gosh_profile.
        session.put("attached", true);
        Function leave = (_, _) -> {
            shell.stop();
            return null;
        };
        session.put("exit", leave);
        session.put("quit", leave);
    }

    /** What the shell asks of its surroundings. */
    private record Context(BundleContext bundle) implements Shell.Context {

        @Override
        public String getProperty(String name) {
            return bundle.getProperty(name);
        }

        /** Only for shells whose end is the platform's. */
        @Override
        public void exit() {}
    }

    @Override
    public int run() throws Exception {
        try (terminal; session) {
            // A login shell works in this session, with the variables that are set here.
            shell.gosh(session, new String[] {"--login", "--noshutdown"});
            return ExitStatus.OK;
        }
    }

    @Override
    public void resize(WindowSize size) {
        terminal.setSize(new Size(size.columns(), size.rows()));
        terminal.raise(Terminal.Signal.WINCH);
    }

    @Override
    public void cancel() {
        shell.stop();
        session.close();
    }
}
