package org.reclaim.api;

import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Refuses what no process can be started with. */
final class SpecChecks {

    private static final Duration MAX_GRACE = Duration.ofDays(1);
    private static final Duration LONGEST_RUN = Duration.ofDays(3650);

    private SpecChecks() {}

    /** A name that people can read: not blank, not long, without control characters. */
    static String requireName(String what, String name) {
        if (name.isBlank()
                || name.length() > ProcessSpec.MAX_NAME_LENGTH
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(what + " is '" + printable(name) + "', must be 1 to "
                    + ProcessSpec.MAX_NAME_LENGTH + " characters, not blank, without control characters");
        }
        return name;
    }

    static int requirePriority(int priority) {
        if (priority < 0 || priority > ProcessSpec.MAX_PRIORITY) {
            throw new IllegalArgumentException(
                    "priority is " + priority + ", must be 0 to " + ProcessSpec.MAX_PRIORITY);
        }
        return priority;
    }

    static Duration requireGrace(Duration grace) {
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new IllegalArgumentException("grace is " + grace + ", must be from PT0S to " + MAX_GRACE);
        }
        return grace;
    }

    static Duration requireRunTime(Duration maximum) {
        if (!maximum.isPositive() || maximum.compareTo(LONGEST_RUN) > 0) {
            throw new IllegalArgumentException(
                    "maximum run time is " + maximum + ", must be more than zero, at most " + LONGEST_RUN);
        }
        return maximum;
    }

    static void requireEnvironment(Map<String, String> environment) {
        environment.keySet().forEach(key -> {
            if (key.isEmpty() || key.indexOf('=') >= 0) {
                throw new IllegalArgumentException(
                        "environment has the name '" + printable(key) + "', must not be empty or contain '='");
            }
        });
        requireNoNul("environment", environment.keySet());
        requireNoNul("environment", environment.values());
    }

    static void requireNoNul(String what, Iterable<String> words) {
        for (var word : words) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(what + " has a NUL character in '" + printable(word) + "'");
            }
        }
    }

    static void requireStreams(Redirect stdin, Redirect stdout, Redirect stderr) {
        for (var redirect : List.of(stdin, stdout, stderr)) {
            if (redirect.type() == Redirect.Type.PIPE) {
                throw new IllegalArgumentException("a PIPE is not taken; redirect to a file, INHERIT or DISCARD");
            }
        }
        if (stdin.type() == Redirect.Type.APPEND
                || stdin.type() == Redirect.Type.WRITE && !stdin.equals(Redirect.DISCARD)) {
            throw new IllegalArgumentException("stdin is " + stdin + ", must be read from something");
        }
        if (stdout.type() == Redirect.Type.READ || stderr.type() == Redirect.Type.READ) {
            throw new IllegalArgumentException("stdout or stderr reads, must be written to something");
        }
    }

    /** Bad input is quoted in full up to a bound, with what a terminal would act on made visible. */
    private static String printable(String text) {
        var head = text.length() > ProcessSpec.MAX_NAME_LENGTH
                ? text.substring(0, ProcessSpec.MAX_NAME_LENGTH) + "..."
                : text;
        return head.replaceAll("\\p{Cntrl}", "?");
    }
}
