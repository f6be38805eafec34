package org.reclaim.orchestrator.internal.osgi;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.table.Failures;

/**
 * The settings by name, as texts: the same names in framework properties, where {@code reclaim.} is before them, and in
 * a configuration. {@code conf/etc/org.reclaim.orchestrator.cfg} of the distribution documents them.
 */
final class NamedSettings {

    /** What stands for a limit that is none. */
    private static final String NO_LIMIT = "none";

    /** Sets what has one value for all types. */
    private interface Setting {
        void set(SettingsBuilder settings, String value);
    }

    /** Sets something of one type. */
    private interface TypeSetting {
        void set(SettingsBuilder settings, String resourceType, String value);
    }

    /** A family of names with the type in the middle. */
    private record PerType(String before, String after, TypeSetting setting) {

        boolean matches(String name) {
            return name.length() > before.length() + after.length() && name.startsWith(before) && name.endsWith(after);
        }

        String typeOf(String name) {
            return name.substring(before.length(), name.length() - after.length());
        }

        String nameOf(String type) {
            return before + type + after;
        }
    }

    /** What can't be set, and why. The message is one line that names both and says what would be right. */
    static final class InvalidSettingException extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private final String name;
        private final String reason;

        InvalidSettingException(String name, String reason) {
            super(Failures.oneLine(name) + " " + reason);
            this.name = name;
            this.reason = reason;
        }

        String name() {
            return name;
        }

        String reason() {
            return reason;
        }
    }

    private static final Map<String, Setting> SETTINGS = new TreeMap<>(Map.ofEntries(
            entry("expected.types", (settings, value) -> settings.expectedTypes(list(value))),
            entry("deadline.millis", (settings, value) -> settings.deadline(millis(value))),
            entry("grace.millis", (settings, value) -> settings.grace(millis(value))),
            entry("front.wait.millis", (settings, value) -> settings.frontWait(millis(value))),
            entry("stop.deadline.millis", (settings, value) -> settings.stopDeadline(millis(value))),
            entry("startup.grace.millis", (settings, value) -> settings.startupGrace(millis(value))),
            entry("history.size", (settings, value) -> settings.historySize(toInt(value))),
            entry("scheduler.places", (settings, value) -> settings.places(toInt(value))),
            entry("scheduler.policy", (settings, value) -> settings.policy(policy(value))),
            entry("scheduler.ageing.millis", (settings, value) -> settings.ageing(millis(value))),
            entry("limit.process.children", (settings, value) -> settings.childrenPerProcess(toLimit(value))),
            entry("limit.total.processes", (settings, value) -> settings.processesInTotal(toLimit(value)))));

    private static final List<PerType> PER_TYPE = List.of(
            new PerType("deadline.millis.", "", (settings, type, value) -> settings.deadline(type, millis(value))),
            new PerType("ranking.", "", (settings, type, value) -> settings.ranking(type, toInt(value))),
            new PerType("limit.", ".process.bytes", (settings, type, value) ->
                    limit(settings, type, old -> new ResourceLimits(
                            toLimit(value), old.bytesInTotal(), old.resourcesPerProcess(), old.resourcesInTotal()))),
            new PerType("limit.", ".total.bytes", (settings, type, value) ->
                    limit(settings, type, old -> new ResourceLimits(
                            old.bytesPerProcess(), toLimit(value), old.resourcesPerProcess(), old.resourcesInTotal()))),
            new PerType("limit.", ".process.resources", (settings, type, value) ->
                    limit(settings, type, old -> old.withResources(toLimit(value), old.resourcesInTotal()))),
            new PerType("limit.", ".total.resources", (settings, type, value) ->
                    limit(settings, type, old -> old.withResources(old.resourcesPerProcess(), toLimit(value)))));

    private NamedSettings() {}

    /** All names; of those per type, those of the given types. */
    static Set<String> names(Collection<String> types) {
        var names = new LinkedHashSet<String>(SETTINGS.keySet());
        types.forEach(type -> PER_TYPE.forEach(family -> names.add(family.nameOf(type))));
        return names;
    }

    /**
     * Sets one. A blank value is none, as an empty field of a form.
     *
     * @throws InvalidSettingException if there is none of that name, or the value is wrong
     */
    static void set(SettingsBuilder settings, String name, String value) {
        var setting = SETTINGS.get(name);
        var family = PER_TYPE.stream().filter(perType -> perType.matches(name)).findFirst();
        if (setting == null && family.isEmpty()) {
            throw new InvalidSettingException(name, "is no setting; there are " + String.join(", ", known()));
        }
        if (value.isBlank()) {
            return;
        }
        try {
            if (setting != null) {
                setting.set(settings, value.strip());
            } else {
                family.get().setting().set(settings, family.get().typeOf(name), value.strip());
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(name, "is '" + Failures.oneLine(value) + "': " + e.getMessage());
        }
    }

    private static Set<String> known() {
        return new TreeSet<>(names(List.of("TYPE")));
    }

    /** The types in a list that is separated by commas. */
    static List<String> list(String value) {
        return Stream.of(value.split(",")).map(String::strip).filter(type -> !type.isEmpty()).toList();
    }

    private static Map.Entry<String, Setting> entry(String name, Setting setting) {
        return Map.entry(name, setting);
    }

    private static void limit(SettingsBuilder settings, String type, UnaryOperator<ResourceLimits> change) {
        settings.limits(type, change.apply(settings.limits(type)));
    }

    private static SchedulingPolicy policy(String value) {
        return Arrays.stream(SchedulingPolicy.values())
                .filter(policy -> policy.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Arrays.toString(SchedulingPolicy.values()).toLowerCase(Locale.ROOT)));
    }

    private static Duration millis(String value) {
        return Duration.ofMillis(toLong(value));
    }

    private static long toLimit(String value) {
        return NO_LIMIT.equalsIgnoreCase(value) ? Long.MAX_VALUE : toLong(value);
    }

    private static long toLong(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static int toInt(String text) {
        long value = toLong(text);
        if (value != (int) value) {
            throw new IllegalArgumentException("must be " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }
}
