package org.reclaim.cli.internal.control;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.reclaim.cli.internal.Terminal;

/**
 * What a client reads and writes, for the work that is done for it. Nothing is kept back: what is written is on its
 * way. Once the client has gone, writing throws {@link java.io.UncheckedIOException}: print streams swallow the checked
 * one, and who prints without end would never learn that nobody listens.
 */
record ClientStreams(InputStream in, OutputStream out, OutputStream err) {

    Terminal terminal() {
        return new Terminal(
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
