package org.reclaim.launcher;

/** What {@code --help} says. */
final class Help {
    static final String TEXT = """
            Usage:
              %s
                  Starts the platform with its interactive console.
              %s
                  Runs one process that acquires resources of every type, ends it, and shows what was freed.
                  --json FILE    writes the result to FILE
                  --pause        waits for Enter before and after the end, for a look from outside
              %s
                  Runs the command as a process; when it ends, gives back all that it held.
                  --json FILE       writes the result to FILE
                  --grace DURATION  how long the command has to end after a signal: 500ms, 5s, 2m, PT1.5S
              %s
                  Runs commands of the console, in this order up to the first that fails, and prints what they return:
                  in the running platform if there is one, else in one of its own.
              %s
                  Starts the platform in the background; returns when it is ready, or with the reason why not.
                  --foreground   runs it here, without a console, for systemd and containers
              %s
                  Tells about the running platform; the exit status is 3 if there is none.
              %s
                  Stops the running platform, which ends every process first; returns when it is gone.
              %s
                  Attaches a console to the running platform; "exit" leaves the console, not the platform.
              %s
                  Makes the files that shorten the start of these commands; the first of them has it done.
              %s | %s

            Every command takes --home DIR: the folder of one instance, with its own deploy/, conf/ and log/. Without it
            the installation is the home. There is one running platform for each home.

            Exit status: 0 done; 1 failed, or running already; 2 wrong usage; 3 no platform is running.

            Environment:
              JAVA_HOME     the Java to use, 25 or newer; else one is looked for
              RECLAIM_CACHE the folder for these files, or "none"; else $XDG_CACHE_HOME/reclaim or ~/.cache/reclaim
              RECLAIM_OPTS  options for the Java virtual machine; -Dname=value overrides conf/config.properties
            """.formatted(Verb.INTERACTIVE.usage(), Verb.DEMO.usage(), Verb.RUN.usage(), Verb.EXEC.usage(),
                    Verb.START.usage(), Verb.STATUS.usage(), Verb.STOP.usage(), Verb.CONSOLE.usage(),
                    Verb.CACHE.usage(), Verb.HELP.usage(), Verb.VERSION.usage());

    private Help() {
    }
}
