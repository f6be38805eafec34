package org.reclaim.launcher;

import java.util.Locale;

/** What a command line can ask for, and how. */
enum Verb {
    CONSOLE("reclaim"),
    DEMO("reclaim demo [--json FILE] [--pause]"),
    RUN("reclaim run [--json FILE] [--grace DURATION] -- COMMAND [ARG...]"),
    EXEC("reclaim exec 'CONSOLE COMMAND'"),
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
}
