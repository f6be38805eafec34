package org.reclaim.cli.internal.control;

import java.util.List;
import java.util.Optional;

/** What a client can ask of the platform. */
interface PlatformWork {

    /** Console commands, to be run in this order up to the first that fails. */
    ClientWork commands(List<String> lines, ClientStreams streams);

    /** A console: on a terminal, or one that takes every line of the input as a command. */
    ClientWork console(Optional<ClientTerminal> terminal, ClientStreams streams);

    /** What is to be known of the platform, in lines. */
    String status();

    /** How long ending all processes may take when it stops, milliseconds: 1 to 999999999. */
    long stopMillis();

    /** Begins to stop the platform, and returns. */
    void stop();
}
