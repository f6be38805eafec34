package org.reclaim.launcher;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/**
 * A command line, understood.
 *
 * @param verb      what to do
 * @param arguments what the platform's command gets, by name: {@code json} ({@link Path}), {@code pause}
 *                  ({@link Boolean}), {@code grace} ({@link Duration}), {@code command} (list of strings),
 *                  {@code line} ({@link String}); JDK types only, since launcher and bundles share no others
 */
record Invocation(Verb verb, Map<String, Object> arguments) {
    private static final Option JSON = Option.builder().longOpt("json").hasArg().argName("FILE").get();
    private static final Option PAUSE = Option.builder().longOpt("pause").get();
    private static final Option GRACE = Option.builder().longOpt("grace").hasArg().argName("DURATION").get();

    Invocation {
        arguments = Map.copyOf(arguments);
    }

    /** Whether the platform runs one command and goes, instead of staying with its console. */
    boolean oneShot() {
        return verb != Verb.CONSOLE;
    }

    static Invocation parse(String... args) throws UsageException {
        if (args.length == 0) {
            return new Invocation(Verb.CONSOLE, Map.of());
        }
        var rest = Arrays.asList(args).subList(1, args.length);
        return switch (args[0]) {
            case "demo" -> demo(rest);
            case "run" -> run(rest);
            case "exec" -> exec(rest);
            case "-h", "--help" -> new Invocation(Verb.HELP, Map.of());
            case "--version" -> new Invocation(Verb.VERSION, Map.of());
            default -> throw new UsageException("unknown command '" + args[0]
                    + "'; there are demo, run, exec, --help, --version, and none for the console");
        };
    }

    private static Invocation demo(List<String> args) throws UsageException {
        var line = options(Verb.DEMO, args, JSON, PAUSE);
        refuseRest(Verb.DEMO, line);
        var arguments = new HashMap<String, Object>();
        putJson(Verb.DEMO, line, arguments);
        arguments.put("pause", line.hasOption(PAUSE));
        return new Invocation(Verb.DEMO, arguments);
    }

    private static Invocation run(List<String> args) throws UsageException {
        int separator = args.indexOf("--");
        if (separator < 0) {
            throw new UsageException(Verb.RUN, args.isEmpty()
                    ? "the command to run is missing"
                    : "'--' is missing before the command");
        }
        var line = options(Verb.RUN, args.subList(0, separator), JSON, GRACE);
        refuseRest(Verb.RUN, line);
        if (separator == args.size() - 1) {
            throw new UsageException(Verb.RUN, "the command to run is missing");
        }
        var arguments = new HashMap<String, Object>();
        putJson(Verb.RUN, line, arguments);
        putGrace(line, arguments);
        arguments.put("command", List.copyOf(args.subList(separator + 1, args.size())));
        return new Invocation(Verb.RUN, arguments);
    }

    private static Invocation exec(List<String> args) throws UsageException {
        if (args.size() != 1) {
            throw new UsageException(Verb.EXEC, args.isEmpty()
                    ? "the console command is missing"
                    : "the console command must be one argument, in quotes");
        }
        if (args.getFirst().isBlank()) {
            throw new UsageException(Verb.EXEC, "the console command is empty");
        }
        return new Invocation(Verb.EXEC, Map.of("line", args.getFirst()));
    }

    private static CommandLine options(Verb verb, List<String> args, Option... known) throws UsageException {
        var options = new Options();
        for (var option : known) {
            // A fresh copy: commons-cli keeps the parsed values in the option itself.
            options.addOption((Option) option.clone());
        }
        try {
            return DefaultParser.builder().setAllowPartialMatching(false).get()
                    .parse(options, args.toArray(String[]::new));
        } catch (ParseException e) {
            throw new UsageException(verb, e.getMessage());
        }
    }

    private static void refuseRest(Verb verb, CommandLine line) throws UsageException {
        if (!line.getArgList().isEmpty()) {
            throw new UsageException(verb, "unexpected argument '" + line.getArgList().getFirst() + "'");
        }
    }

    private static void putJson(Verb verb, CommandLine line, Map<String, Object> arguments) throws UsageException {
        var file = line.getOptionValue(JSON);
        if (file == null) {
            return;
        }
        if (file.isEmpty()) {
            throw new UsageException(verb, "the file name after --json is empty");
        }
        try {
            arguments.put("json", Path.of(file));
        } catch (InvalidPathException e) {
            throw new UsageException(verb, "no file name: '" + file + "'");
        }
    }

    private static void putGrace(CommandLine line, Map<String, Object> arguments) throws UsageException {
        var text = line.getOptionValue(GRACE);
        if (text != null) {
            arguments.put("grace", Durations.parse(text).orElseThrow(() -> new UsageException(Verb.RUN,
                    "no duration: '" + text + "', write 500ms, 5s, 2m or PT1.5S")));
        }
    }
}
