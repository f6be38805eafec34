package org.reclaim.asynctasks.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How long the tasks of a process that ends may take to stop. */
final class GraceTime {

    static final String PROPERTY = "reclaim.async.tasks.grace.millis";

    /** So that it passes well before the deadline of a type's cleanup, five seconds unless configured. */
    static final Duration DEFAULT = Duration.ofSeconds(2);

    private static final Duration LONGEST = Duration.ofDays(1);

    private GraceTime() {}

    /**
     * What is configured, or the default.
     *
     * @param properties looks a property up; null means not set
     * @throws IllegalArgumentException if the value is wrong: the type does not start with a guess
     */
    static Duration of(UnaryOperator<String> properties) {
        return Optional.ofNullable(properties.apply(PROPERTY))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .map(GraceTime::parse)
                .orElse(DEFAULT);
    }

    private static Duration parse(String value) {
        try {
            long millis = Long.parseLong(value);
            if (millis >= 0 && millis <= LONGEST.toMillis()) {
                return Duration.ofMillis(millis);
            }
            throw wrong(value);
        } catch (NumberFormatException e) {
            var wrong = wrong(value);
            wrong.initCause(e);
            throw wrong;
        }
    }

    private static IllegalArgumentException wrong(String value) {
        return new IllegalArgumentException("The property " + PROPERTY + " is '" + value
                + "', must be a whole number from 0 to " + LONGEST.toMillis());
    }
}
