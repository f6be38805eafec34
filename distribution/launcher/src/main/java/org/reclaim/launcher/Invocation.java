package org.reclaim.launcher;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line, understood.
 *
 * @param verb      what to do
 * @param home      the folder of the instance, if one was named
 * @param arguments what the platform's command gets, by name: {@code json} ({@link Path}), {@code pause}
 *                  ({@link Boolean}), {@code grace} ({@link java.time.Duration}), {@code command} (list of strings),
 *                  {@code lines} (list of strings); JDK types only, since launcher and bundles share no others
 */
record Invocation(Verb verb, Optional<Path> home, Map<String, Object> arguments) {
    private static final String HOME = "--home";

    Invocation {
        arguments = Map.copyOf(arguments);
    }

    static Invocation parse(String... args) throws UsageException {
        var rest = new ArrayList<>(Arrays.asList(args));
        var home = takeHome(rest);
        if (rest.isEmpty()) {
            return new Invocation(Verb.INTERACTIVE, home, Map.of());
        }
        var word = rest.removeFirst();
        return switch (word) {
            case "demo" -> new Invocation(Verb.DEMO, home, OneShotOptions.demo(rest));
            case "run" -> new Invocation(Verb.RUN, home, OneShotOptions.run(rest));
            case "exec" -> new Invocation(Verb.EXEC, home, Map.of("lines", lines(rest)));
            case "start" -> new Invocation(start(rest), home, Map.of());
            case "stop" -> plain(Verb.STOP, home, rest);
            case "status" -> plain(Verb.STATUS, home, rest);
            case "console" -> plain(Verb.CONSOLE, home, rest);
            case "daemon" -> plain(Verb.DAEMON, home, rest);
            case "cache" -> plain(Verb.CACHE, home, rest);
            case "converse" -> plain(Verb.CONVERSE, home, rest);
            case "-h", "--help" -> new Invocation(Verb.HELP, home, Map.of());
            case "--version" -> new Invocation(Verb.VERSION, home, Map.of());
            default -> throw new UsageException("unknown command '" + word
                    + "'; there are demo, run, exec, start, status, stop, console, cache, --help, --version, and none"
                    + " for the platform with its console");
        };
    }

    /** The console commands of {@code exec}. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        for (var line : (List<?>) arguments.get("lines")) {
            lines.add((String) line);
        }
        return lines;
    }

    /** Takes {@code --home DIR} out of the arguments, wherever it is before a {@code --}. */
    private static Optional<Path> takeHome(List<String> args) throws UsageException {
        Optional<Path> home = Optional.empty();
        for (int i = 0; i < args.size() && !args.get(i).equals("--");) {
            var arg = args.get(i);
            if (!arg.equals(HOME) && !arg.startsWith(HOME + "=")) {
                i++;
                continue;
            }
            if (home.isPresent()) {
                throw new UsageException("--home is there twice");
            }
            args.remove(i);
            if (!arg.equals(HOME)) {
                home = Optional.of(folder(arg.substring(HOME.length() + 1)));
            } else if (i < args.size() && !args.get(i).equals("--")) {
                home = Optional.of(folder(args.remove(i)));
            } else {
                throw new UsageException("the folder after --home is missing");
            }
        }
        return home;
    }

    private static Path folder(String name) throws UsageException {
        if (name.isEmpty()) {
            throw new UsageException("the folder after --home is empty");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UsageException("no folder name: '" + name + "'");
        }
    }

    private static List<String> lines(List<String> args) throws UsageException {
        if (args.isEmpty()) {
            throw new UsageException(Verb.EXEC, "the console command is missing");
        }
        for (var line : args) {
            if (line.isBlank()) {
                throw new UsageException(Verb.EXEC, "the console command is empty");
            }
        }
        return List.copyOf(args);
    }

    private static Verb start(List<String> args) throws UsageException {
        boolean foreground = args.remove("--foreground");
        refuseRest(Verb.START, args);
        return foreground ? Verb.SERVE : Verb.START;
    }

    private static Invocation plain(Verb verb, Optional<Path> home, List<String> args) throws UsageException {
        refuseRest(verb, args);
        return new Invocation(verb, home, Map.of());
    }

    static void refuseRest(Verb verb, List<String> rest) throws UsageException {
        if (!rest.isEmpty()) {
            throw new UsageException(verb, "unexpected argument '" + rest.getFirst() + "'");
        }
    }
}
