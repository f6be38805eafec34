package org.reclaim.launcher;

import java.io.IOException;

/** Entry point of the distribution: starts the platform for good, with its console, or for one command. */
public final class Main {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private static final String HELP = """
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
                  Runs one command of the console, prints what it returns, and exits.
              %s | %s

            Environment:
              JAVA_HOME     the Java to use, 25 or newer; else one is looked for
              RECLAIM_OPTS  options for the Java virtual machine; -Dname=value overrides conf/config.properties
            """.formatted(Verb.CONSOLE.usage(), Verb.DEMO.usage(), Verb.RUN.usage(), Verb.EXEC.usage(),
                    Verb.HELP.usage(), Verb.VERSION.usage());

    private Main() {
    }

    /**
     * Runs, and ends the JVM with the status of the command.
     *
     * @param args as {@code --help} describes them
     */
    public static void main(String[] args) {
        int status = FAILED;
        try {
            status = run(Invocation.parse(args));
        } catch (UsageException e) {
            System.err.println("reclaim: " + e.getMessage());
            status = USAGE;
        } catch (Throwable t) {
            report(t);
        } finally {
            System.out.flush();
            // Always: the threads of bundles would keep the JVM alive after this one has gone.
            System.exit(status);
        }
    }

    private static int run(Invocation invocation) throws Exception {
        return switch (invocation.verb()) {
            case HELP -> {
                System.out.print(HELP);
                yield 0;
            }
            case VERSION -> {
                var version = Main.class.getPackage().getImplementationVersion();
                System.out.println("reclaim " + version + " (Java " + Runtime.version() + ")");
                yield 0;
            }
            default -> {
                try (var instance = new Instance()) {
                    yield instance.run(invocation);
                }
            }
        };
    }

    private static void report(Throwable failure) {
        // Ours speak for themselves; the message of others may be a mere file name.
        var text = failure.getClass() == IOException.class ? failure.getMessage() : failure.toString();
        System.err.println("reclaim: " + text);
        if (Boolean.getBoolean("reclaim.debug")) {
            failure.printStackTrace();
        }
    }
}
