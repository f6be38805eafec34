package org.reclaim.orchestrator.internal.osgi;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.service.cm.ManagedService;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.osgi.NamedSettings.InvalidSettingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the settings at run time by Configuration Admin: what the configuration does not set is as it was at the
 * boot. A configuration with anything wrong in it is refused as a whole. Needs the package of Configuration Admin,
 * which the bundle imports optionally.
 */
final class ConfiguredSettings implements ManagedService {

    /** The name of the configuration. */
    static final String PID = "org.reclaim.orchestrator";

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredSettings.class);

    /** Of Configuration Admin, and of who brought the configuration; both put their own properties into it. */
    private static final String[] NOT_OURS = {"service.", "felix.fileinstall."};

    private final Core core;
    private final Settings atBoot;

    /** Not changed yet. */
    ConfiguredSettings(Core core) {
        this.core = core;
        atBoot = core.settings();
    }

    /** Null, as Configuration Admin wants it, is no configuration. Called by one thread at a time. */
    @Override
    public void updated(Dictionary<String, ?> properties) {
        Map<String, String> values = Map.of();
        var settings = new SettingsBuilder(atBoot);
        try {
            values = properties == null ? Map.of() : read(properties);
            values.forEach((name, value) -> NamedSettings.set(settings, name, value));
        } catch (InvalidSettingException e) {
            LOG.warn("The configuration {} is refused as a whole, the settings stay: {}", PID, e.getMessage());
            return; // not thrown: Configuration Admin would only log it again, as an error with two stacks
        }
        var changed = settings.build();
        if (!changed.equals(core.settings())) {
            core.change(changed);
            LOG.info("The settings are those of the boot, and of the configuration {}: {}", PID, values);
        }
    }

    /** By name. */
    private static Map<String, String> read(Dictionary<String, ?> properties) {
        var values = new TreeMap<String, String>();
        for (var name : Collections.list(properties.keys())) {
            if (Arrays.stream(NOT_OURS).anyMatch(name::startsWith)) {
                continue;
            }
            if (name.equals(PlatformProperties.ORPHANS)) {
                throw new InvalidSettingException(
                        name, "is set at the boot only, by the framework property reclaim." + name);
            }
            values.put(name, text(name, properties.get(name)));
        }
        return values;
    }

    /** Files have texts only; forms have numbers and lists, too. */
    private static String text(String name, Object value) {
        return switch (value) {
            case String text -> text;
            case Number number -> number.toString();
            case Object[] list -> text(name, Arrays.asList(list));
            case Collection<?> list -> list.stream()
                    .map(element -> text(name, element))
                    .collect(Collectors.joining(","));
            default -> throw new InvalidSettingException(
                    name, "is a " + value.getClass().getName() + ": must be a text, a number, or a list of texts");
        };
    }
}
