package org.reclaim.orchestrator.internal.osgi;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.reclaim.orchestrator.OrphanPolicy;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.osgi.NamedSettings.InvalidSettingException;

/**
 * Reads the settings from framework properties, which have {@code reclaim.} before their names: what counts unless a
 * configuration says something else. A wrong value is refused: the platform does not start with a guess.
 */
final class PlatformProperties {

    private static final String PREFIX = "reclaim.";

    /** The only setting that a configuration can't change: it is a property of the whole JVM. */
    static final String ORPHANS = "orphans";

    /** Properties can only be asked for by name: single types can be set for these, and for the expected ones. */
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
        types.addAll(NamedSettings.list(find("expected.types").orElse("")));
        try {
            for (var name : NamedSettings.names(types)) {
                find(name).ifPresent(value -> NamedSettings.set(settings, name, value));
            }
            find(ORPHANS).map(String::strip).map(PlatformProperties::policy).ifPresent(settings::orphans);
        } catch (InvalidSettingException e) {
            throw new IllegalArgumentException("The framework property " + PREFIX + e.getMessage(), e);
        }
        return settings.build();
    }

    private Optional<String> find(String name) {
        return Optional.ofNullable(properties.apply(PREFIX + name)).filter(value -> !value.isBlank());
    }

    private static OrphanPolicy policy(String value) {
        return Arrays.stream(OrphanPolicy.values())
                .filter(policy -> policy.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(ORPHANS, "is '" + value + "': must be one of "
                        + Arrays.toString(OrphanPolicy.values()).toLowerCase(Locale.ROOT)));
    }
}
