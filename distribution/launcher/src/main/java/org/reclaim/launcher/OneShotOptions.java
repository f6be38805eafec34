package org.reclaim.launcher;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/**
 * The options of {@code demo} and {@code run}. Apart from the rest, which has to be fast and can do without a library.
 */
final class OneShotOptions {
    private static final Option JSON = Option.builder().longOpt("json").hasArg().argName("FILE").get();
    private static final Option PAUSE = Option.builder().longOpt("pause").get();
    private static final Option GRACE = Option.builder().longOpt("grace").hasArg().argName("DURATION").get();

    private OneShotOptions() {
    }

    static Map<String, Object> demo(List<String> args) throws UsageException {
        var line = options(Verb.DEMO, args, JSON, PAUSE);
        Invocation.refuseRest(Verb.DEMO, line.getArgList());
        var arguments = new HashMap<String, Object>();
        putJson(Verb.DEMO, line, arguments);
        arguments.put("pause", line.hasOption(PAUSE));
        return arguments;
    }

    static Map<String, Object> run(List<String> args) throws UsageException {
        int separator = args.indexOf("--");
        if (separator < 0) {
            throw new UsageException(Verb.RUN, args.isEmpty()
                    ? "the command to run is missing"
                    : "'--' is missing before the command");
        }
        var line = options(Verb.RUN, args.subList(0, separator), JSON, GRACE);
        Invocation.refuseRest(Verb.RUN, line.getArgList());
        if (separator == args.size() - 1) {
            throw new UsageException(Verb.RUN, "the command to run is missing");
        }
        var arguments = new HashMap<String, Object>();
        putJson(Verb.RUN, line, arguments);
        putGrace(line, arguments);
        arguments.put("command", List.copyOf(args.subList(separator + 1, args.size())));
        return arguments;
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
