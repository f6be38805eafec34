package org.reclaim.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import org.reclaim.benchmarks.Round.Effort;

/**
 * The command line: {@code [--short] [--rounds N] [--java FLAG]...} and any of {@code track end batch peers rings bytes
 * cli}.
 *
 * @param topics   what to measure
 * @param rounds   how often each case is measured, in a JVM of its own each time
 * @param effort   how long each time
 * @param jvmFlags flags of those JVMs
 */
record Invocation(List<Topic> topics, int rounds, Effort effort, List<String> jvmFlags) {

    // Many short measurements: their median does not mind that some are disturbed.
    private static final Effort USUAL = new Effort(15, 30, 100);
    private static final int USUAL_ROUNDS = 5;
    private static final Effort SHORT = new Effort(6, 8, 100);
    private static final int SHORT_ROUNDS = 2;
    private static final int MAX_ROUNDS = 1_000;

    /** What belongs together. */
    enum Topic {
        TRACK,
        END,
        BATCH,
        PEERS,
        RINGS,
        BYTES,
        CLI
    }

    Invocation {
        topics = List.copyOf(topics);
        jvmFlags = List.copyOf(jvmFlags);
    }

    /**
     * Understands a command line.
     *
     * @throws IllegalArgumentException if it can't; the message says what is right
     */
    static Invocation parse(String... args) {
        var topics = EnumSet.noneOf(Topic.class);
        var flags = new ArrayList<String>();
        boolean isShort = false;
        Optional<Integer> rounds = Optional.empty();
        var rest = new ArrayDeque<>(Arrays.asList(args));
        while (!rest.isEmpty()) {
            var arg = rest.remove();
            switch (arg) {
                case "--short" -> isShort = true;
                case "--rounds" -> rounds = Optional.of(rounds(value(arg, rest)));
                case "--java" -> flags.add(value(arg, rest));
                default -> topics.add(topic(arg));
            }
        }
        return new Invocation(
                List.copyOf(topics.isEmpty() ? EnumSet.allOf(Topic.class) : topics),
                rounds.orElse(isShort ? SHORT_ROUNDS : USUAL_ROUNDS),
                isShort ? SHORT : USUAL,
                flags);
    }

    private static String value(String option, Queue<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.remove();
    }

    private static int rounds(String value) {
        try {
            int rounds = Integer.parseInt(value);
            if (rounds >= 1 && rounds <= MAX_ROUNDS) {
                return rounds;
            }
        } catch (NumberFormatException e) {
            // No number at all: the same message.
        }
        throw new IllegalArgumentException("--rounds is '" + value + "', must be 1 to " + MAX_ROUNDS);
    }

    private static Topic topic(String name) {
        for (var topic : Topic.values()) {
            if (topic.name().toLowerCase(Locale.ROOT).equals(name)) {
                return topic;
            }
        }
        throw new IllegalArgumentException("unknown '" + name
                + "'; there are track, end, batch, peers, rings, bytes, cli (all if none is named), --short, --rounds N"
                + " and --java FLAG");
    }
}
