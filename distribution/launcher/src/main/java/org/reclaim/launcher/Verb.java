package org.reclaim.launcher;

import java.util.Locale;

/** What a command line can ask for, and how. Every verb takes {@code --home DIR}, before or after it. */
enum Verb {
    INTERACTIVE("reclaim"),
    DEMO("reclaim demo [--json FILE] [--pause]"),
    RUN("reclaim run [--json FILE] [--grace DURATION] -- COMMAND [ARG...]"),
    EXEC("reclaim exec 'CONSOLE COMMAND' ..."),
    START("reclaim start [--foreground]"),
    STATUS("reclaim status"),
    STOP("reclaim stop"),
    CONSOLE("reclaim console"),
    /** The platform itself, in this JVM, without a console: {@code start --foreground}. */
    SERVE("reclaim start --foreground"),
    /** The same, cut loose from the terminal: what {@code start} leaves behind. Not for people. */
    DAEMON("reclaim daemon"),
    CACHE("reclaim cache"),
    /** What the client of a running platform does, for a JVM to learn it. Not for people. */
    CONVERSE("reclaim converse"),
    HELP("reclaim --help"),
    VERSION("reclaim --version");

    private final String usage;

    Verb(String usage) {
        this.usage = usage;
    }

    String usage() {
        return usage;
    }

    /** The name under which the platform offers this verb. */
    String command() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it starts a platform for one command. */
    boolean oneShot() {
        return this == DEMO || this == RUN || this == EXEC;
    }

    /** Whether it is a platform that stays, without a console of its own. */
    boolean serves() {
        return this == SERVE || this == DAEMON;
    }
}
