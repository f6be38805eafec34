package org.reclaim.launcher;

import java.io.IOException;

/** Entry point of the distribution: starts the platform, for good or for one command, or talks to one that runs. */
public final class Main {
    private static final String DEBUG = "reclaim.debug";

    private Main() {
    }

    /**
     * Runs, and ends the JVM with the status of the command.
     *
     * @param args as {@code --help} describes them
     */
    public static void main(String[] args) {
        int status = ExitStatus.FAILED;
        try {
            var invocation = Invocation.parse(args);
            status = run(invocation);
            if (invocation.verb() != Verb.CACHE) {
                renewCache();
            }
        } catch (UsageException e) {
            System.err.println("reclaim: " + e.getMessage());
            status = ExitStatus.USAGE;
        } catch (Throwable t) {
            report(t);
        } finally {
            System.out.flush();
            // Always: the threads of bundles would keep the JVM alive after this one has gone.
            System.exit(status);
        }
    }

    private static int run(Invocation invocation) throws Exception {
        var verb = invocation.verb();
        if (verb == Verb.HELP) {
            System.out.print(Help.TEXT);
            return ExitStatus.OK;
        }
        if (verb == Verb.VERSION) {
            var version = Main.class.getPackage().getImplementationVersion();
            System.out.println("reclaim " + version + " (Java " + Runtime.version() + ")");
            return ExitStatus.OK;
        }
        var installation = Installation.ofThisCode();
        var home = Home.of(invocation.home(), installation);
        return switch (verb) {
            case CACHE -> CacheCommand.run(installation, System.out, System.err);
            case CONVERSE -> Conversation.run(home);
            case START -> StartCommand.run(installation, home, System.out, System.err);
            case STATUS, STOP, CONSOLE, EXEC -> {
                var platform = RunningPlatform.of(home);
                if (platform.isPresent()) {
                    yield ask(platform.get(), invocation);
                }
                yield verb == Verb.EXEC ? runPlatform(installation, home, invocation) : notRunning(verb, home);
            }
            default -> runPlatform(installation, home, invocation);
        };
    }

    /** After all else: nobody waits for it, and it changes neither what was printed nor the status. */
    private static void renewCache() {
        try {
            var cache = AotCache.of(Installation.ofThisCode());
            if (cache.isPresent()) {
                cache.get().renewInBackground();
            }
        } catch (IOException e) {
            // Then the next command starts as slowly as this one did.
            if (Boolean.getBoolean(DEBUG)) {
                e.printStackTrace();
            }
        }
    }

    private static int runPlatform(Installation installation, Home home, Invocation invocation) throws Exception {
        try (var instance = new Instance(installation, invocation.verb())) {
            return instance.run(home, invocation.arguments());
        }
    }

    private static int ask(RunningPlatform platform, Invocation invocation) throws IOException {
        if (invocation.verb() == Verb.STOP) {
            return StopCommand.run(platform, System.err);
        }
        if (invocation.verb() == Verb.STATUS) {
            return StatusCommand.run(platform, System.out);
        }
        var connection = platform.connectWhenReady();
        if (connection.isEmpty()) {
            throw new IOException("the platform has just stopped");
        }
        try (var client = connection.get()) {
            return invocation.verb() == Verb.CONSOLE ? ConsoleClient.run(client) : client.execute(invocation.lines());
        }
    }

    private static int notRunning(Verb verb, Home home) {
        if (verb == Verb.STATUS) {
            System.out.println("not running: " + home.path());
            return ExitStatus.NOT_RUNNING;
        }
        System.err.println("reclaim: no platform of " + home.path() + " is running"
                + (verb == Verb.CONSOLE ? "; reclaim start starts one" : ""));
        return verb == Verb.STOP ? ExitStatus.OK : ExitStatus.NOT_RUNNING;
    }

    private static void report(Throwable failure) {
        // Ours speak for themselves; the message of others may be a mere file name.
        var text = failure.getClass() == IOException.class ? failure.getMessage() : failure.toString();
        System.err.println("reclaim: " + text);
        if (Boolean.getBoolean(DEBUG)) {
            failure.printStackTrace();
        }
    }
}
