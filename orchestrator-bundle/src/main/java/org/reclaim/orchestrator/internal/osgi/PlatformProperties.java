package org.reclaim.orchestrator.internal.osgi;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;

/**
 * Reads the settings from framework properties; {@code conf/config.properties} of the distribution documents them. A
 * wrong value is refused: the platform does not start with a guess.
 */
final class PlatformProperties {

    private static final String PREFIX = "reclaim.";

    /** Single types can be set for these, and for the expected ones. */
    private static final List<String> STANDARD_TYPES = List.of(
            "file_descriptors", "sockets", "signals", "rings", "async_tasks", "ipc", "mappings", "memory");

    private final UnaryOperator<String> properties;

    /** Looks properties up by name; null means not set. */
    PlatformProperties(UnaryOperator<String> properties) {
        this.properties = properties;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException if a value is wrong; the message names the property and what would be right
     */
    Settings read() {
        var settings = new SettingsBuilder(Settings.DEFAULT);
        Set<String> types = new LinkedHashSet<>(STANDARD_TYPES);
        text("expected.types", value -> {
            var expected = Arrays.stream(value.split(",")).map(String::strip).filter(t -> !t.isEmpty()).toList();
            settings.expectedTypes(expected);
            types.addAll(expected);
        });
        millis("deadline.millis", settings::deadline);
        millis("grace.millis", settings::grace);
        millis("front.wait.millis", settings::frontWait);
        millis("stop.deadline.millis", settings::stopDeadline);
        millis("startup.grace.millis", settings::startupGrace);
        number("history.size", value -> settings.historySize(toInt(value)));
        text("orphans", value -> settings.orphans(policy(value)));
        for (var type : types) {
            millis("deadline.millis." + type, value -> settings.deadline(type, value));
            number("ranking." + type, value -> settings.ranking(type, toInt(value)));
            number("limit." + type + ".process.bytes", value -> settings.limits(
                    type, new ResourceLimits(value, settings.limits(type).bytesInTotal())));
            number("limit." + type + ".total.bytes", value -> settings.limits(
                    type, new ResourceLimits(settings.limits(type).bytesPerProcess(), value)));
        }
        return settings.build();
    }

    private void text(String name, Consumer<String> setting) {
        Optional.ofNullable(properties.apply(PREFIX + name))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .ifPresent(value -> apply(name, value, setting));
    }

    private void number(String name, LongConsumer setting) {
        text(name, value -> setting.accept(toLong(value)));
    }

    private void millis(String name, Consumer<Duration> setting) {
        number(name, value -> setting.accept(Duration.ofMillis(value)));
    }

    private static long toLong(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static int toInt(long value) {
        if (value != (int) value) {
            throw new IllegalArgumentException("must be " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    private static OrphanPolicy policy(String value) {
        return Arrays.stream(OrphanPolicy.values())
                .filter(policy -> policy.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be one of " + Arrays.toString(OrphanPolicy.values()).toLowerCase(Locale.ROOT)));
    }

    private static void apply(String name, String value, Consumer<String> setting) {
        try {
            setting.accept(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The framework property " + PREFIX + name + " is '" + value + "': " + e.getMessage(), e);
        }
    }
}
