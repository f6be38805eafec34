package org.reclaim.launcher;

import java.io.IOException;
import java.util.Optional;
import sun.misc.Signal;

/** {@code reclaim console}: a shell of a running platform, on the terminal or the pipe that this program has. */
@SuppressWarnings("sunapi")
final class ConsoleClient {
    private static final String NO_TYPE = "dumb";

    private ConsoleClient() {
    }

    /**
     * Stays until the user leaves the shell, or the platform stops.
     *
     * @return the exit status of the last command
     */
    static int run(ControlClient client) throws IOException {
        var tty = Tty.ofThisProgram();
        return tty.isPresent() ? run(client, tty.get()) : client.attach();
    }

    private static int run(ControlClient client, Tty tty) throws IOException {
        // However this JVM ends, short of being killed, the terminal gets back the mode that it had.
        var restoring = new Thread(() -> restore(tty), "reclaim-terminal");
        Runtime.getRuntime().addShutdownHook(restoring);
        var size = tty.size();
        try {
            tty.makeRaw();
            Signal.handle(new Signal("WINCH"), signal -> resize(client, tty));
            return client.attach(size, Optional.ofNullable(System.getenv("TERM")).orElse(NO_TYPE));
        } finally {
            restore(tty);
        }
    }

    private static void resize(ControlClient client, Tty tty) {
        try {
            client.resize(tty.size());
        } catch (IOException e) {
            // The connection has ended, which the main thread reports; or the terminal went away, which is a signal.
            return;
        }
    }

    private static void restore(Tty tty) {
        try {
            tty.close();
        } catch (IOException e) {
            System.err.println("reclaim: the terminal could not be restored, try stty sane: " + e.getMessage());
        }
    }
}
