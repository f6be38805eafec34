package org.reclaim.orchestrator.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.orchestrator.internal.Core;
import org.reclaim.orchestrator.internal.Settings;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.testing.Logs;

/** A configuration goes before what was set at the boot, or is refused as a whole. */
class ConfiguredSettingsTest {

    private static final Settings AT_BOOT = with(Settings.DEFAULT, settings -> {
        settings.historySize(7);
        settings.ranking("sockets", 1);
        settings.expectedTypes(List.of("memory"));
    });

    private final Core core = new Core(AT_BOOT);
    private final ConfiguredSettings configured = new ConfiguredSettings(core);
    private final Logs logs = Logs.of(ConfiguredSettings.class);

    @AfterEach
    void close() {
        logs.close();
        core.close();
    }

    @Test
    void whatIsSetCountsAndTheRestIsAsAtTheBoot() {
        configured.updated(dictionary(Map.of(
                "deadline.millis", "1000",
                "deadline.millis.rings", "2000",
                "grace.millis", "0",
                "front.wait.millis", " 50 ",
                "stop.deadline.millis", "60000",
                "startup.grace.millis", "1",
                "ranking.com.example.x", "-5",
                "expected.types", "sockets, ipc",
                "limit.ipc.process.bytes", "10",
                "limit.ipc.total.bytes", "20")));

        assertThat(core.settings()).isEqualTo(with(AT_BOOT, settings -> {
            settings.deadline(Duration.ofSeconds(1));
            settings.deadline("rings", Duration.ofSeconds(2));
            settings.grace(Duration.ZERO);
            settings.frontWait(Duration.ofMillis(50));
            settings.stopDeadline(Duration.ofMinutes(1));
            settings.startupGrace(Duration.ofMillis(1));
            settings.ranking("com.example.x", -5);
            settings.expectedTypes(List.of("sockets", "ipc"));
            settings.limits("ipc", new ResourceLimits(10, 20));
        }));
        assertThat(logs.infos()).singleElement().asString().contains("deadline.millis.rings=2000");
    }

    @Test
    void placesAndNumbersAreSettingsToo() {
        configured.updated(dictionary(Map.of(
                "scheduler.places", "3",
                "scheduler.policy", "Fair",
                "scheduler.ageing.millis", "500",
                "limit.process.children", "7",
                "limit.total.processes", "8",
                "limit.memory.total.bytes", "none",
                "limit.ipc.process.resources", "10",
                "limit.ipc.total.resources", "20")));

        assertThat(core.settings()).isEqualTo(with(AT_BOOT, settings -> {
            settings.places(3);
            settings.policy(SchedulingPolicy.FAIR);
            settings.ageing(Duration.ofMillis(500));
            settings.childrenPerProcess(7);
            settings.processesInTotal(8);
            settings.limits("memory", new ResourceLimits(
                    AT_BOOT.limits("memory").bytesPerProcess(), Long.MAX_VALUE));
            settings.limits("ipc", ResourceLimits.NONE.withResources(10, 20));
        }));
    }

    @Test
    void whatIsNotSetAnyMoreIsAsAtTheBootAgain() {
        configured.updated(dictionary(Map.of("history.size", "9", "ranking.sockets", "2")));
        assertThat(core.settings().historySize()).isEqualTo(9);

        configured.updated(dictionary(Map.of("ranking.sockets", "2")));
        assertThat(core.settings().historySize()).isEqualTo(7);
        assertThat(core.settings().rankings()).containsEntry("sockets", 2);

        configured.updated(null);
        assertThat(core.settings()).isEqualTo(AT_BOOT);
        assertThat(logs.infos()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "history.size | many | must be a whole number",
        "history.size | 0 | must be 1 to 1000000",
        "history.size | 1000001 | must be 1 to 1000000",
        "history.size | 4294967297 | must be -2147483648 to 2147483647",
        "history.size | 1.5 | must be a whole number",
        "deadline.millis | 0 | must be more than zero",
        "deadline.millis | -1 | must be from zero to PT24H",
        "deadline.millis | 86400001 | must be from zero to PT24H",
        "deadline.millis.sockets | 99999999999999999999 | must be a whole number",
        "front.wait.millis | -1 | must be from zero to PT24H",
        "ranking.sockets | first | must be a whole number",
        "ranking.No Type | 1 | must be 1 to 64 of a-z",
        "limit.memory.process.bytes | -1 | must be 0 or more",
        "limit.memory.total.bytes | 1G | must be a whole number",
        "scheduler.places | -1 | must be 1 to 1000000, or 0 for no limit",
        "scheduler.places | 1000001 | must be 1 to 1000000, or 0 for no limit",
        "scheduler.policy | lottery | must be one of [fifo, priority, fair]",
        "scheduler.ageing.millis | 0 | must be more than zero",
        "limit.process.children | -1 | must be 0 or more",
        "limit.total.processes | all | must be a whole number",
        "limit.sockets.total.resources | -1 | must be 0 or more",
        "expected.types | sockets,Files | must be 1 to 64 of a-z",
        "expected.types | os_processes | reserved",
        "orphans | kill | reclaim.orphans",
        "deadline.milis | 1 | there are deadline.millis, deadline.millis.TYPE, expected.types",
        "ranking. | 1 | is no setting",
        "limit.memory.bytes | 1 | is no setting",
        "reclaim.history.size | 1 | is no setting"
    })
    void whatIsWrongIsRefusedByNameWithWhatWouldBeRight(String name, String value, String reason) {
        var properties = dictionary(Map.of(name, value, "grace.millis", "1", "ranking.memory", "3"));

        configured.updated(properties);

        assertThat(core.settings()).isSameAs(AT_BOOT);
        assertThat(logs.infos()).isEmpty();
        assertThat(logs.warnings())
                .singleElement()
                .asString()
                .startsWith("The configuration org.reclaim.orchestrator is refused as a whole")
                .contains("the settings stay: " + name, reason);
    }

    @Test
    void whatWasInEffectStaysWhenItsChangeIsRefused() {
        configured.updated(dictionary(Map.of("history.size", "9")));
        var before = core.settings();

        configured.updated(dictionary(Map.of("history.size", "x")));

        assertThat(core.settings()).isSameAs(before);
    }

    @Test
    void aHugeValueIsRefusedInFewWords() {
        configured.updated(dictionary(Map.of("history.size", "x".repeat(10 << 20))));

        assertThat(logs.warnings().getFirst()).hasSizeLessThan(1000);
    }

    @Test
    void propertiesOfWhoBroughtTheConfigurationAreNotOurs() {
        configured.updated(dictionary(Map.of(
                "service.pid", ConfiguredSettings.PID,
                "service.bundleLocation", "?",
                "felix.fileinstall.filename", "file:/x.cfg")));

        assertThat(core.settings()).isSameAs(AT_BOOT);
        assertThat(logs.infos()).isEmpty();
    }

    @Test
    void aFormMayHaveNumbersListsAndEmptyFields() {
        configured.updated(dictionary(Map.of(
                "history.size", 9,
                "deadline.millis", 1000L,
                "grace.millis", "",
                "expected.types", new String[] {"sockets", "ipc"})));

        assertThat(core.settings()).isEqualTo(with(AT_BOOT, settings -> {
            settings.historySize(9);
            settings.deadline(Duration.ofSeconds(1));
            settings.expectedTypes(List.of("sockets", "ipc"));
        }));
        configured.updated(dictionary(Map.of("expected.types", List.of("rings"))));
        assertThat(core.settings().expectedTypes()).containsExactly("rings");
        configured.updated(dictionary(Map.of("history.size", new Object())));
        assertThat(logs.warnings()).singleElement().asString().contains("must be a text, a number, or a list of texts");
    }

    @Test
    void theFormHasEachSettingOfTheStandardTypes() throws Exception {
        var resource = "/OSGI-INF/metatype/" + ConfiguredSettings.PID + ".xml";
        try (var form = ConfiguredSettings.class.getResourceAsStream(resource)) {
            var ids = Pattern.compile("<AD id=\"([^\"]+)\"").matcher(new String(form.readAllBytes())).results()
                    .map(id -> id.group(1))
                    .collect(Collectors.toList());
            assertThat(ids).doesNotHaveDuplicates();
            assertThat(Set.copyOf(ids)).isEqualTo(NamedSettings.names(List.of(
                    "file_descriptors", "sockets", "signals", "rings", "async_tasks", "ipc", "mappings", "memory")));
        }
    }

    @Test
    void atTheBootTheSameNamesAreFrameworkProperties() {
        var properties = Map.of(
                "reclaim.history.size", "7",
                "reclaim.expected.types", "com.example.x",
                "reclaim.ranking.com.example.x", "3",
                "reclaim.orphans", "report");

        var settings = new PlatformProperties(properties::get).read();

        assertThat(settings.historySize()).isEqualTo(7);
        assertThat(settings.rankings()).containsExactly(Map.entry("com.example.x", 3));
        assertThatThrownBy(() -> new PlatformProperties(Map.of("reclaim.history.size", "x")::get).read())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The framework property reclaim.history.size is 'x': must be a whole number");
        assertThatThrownBy(() -> new PlatformProperties(Map.of("reclaim.orphans", "x")::get).read())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The framework property reclaim.orphans is 'x': must be one of [ignore, report, kill]");
    }

    private static Settings with(Settings from, Consumer<SettingsBuilder> changes) {
        var builder = new SettingsBuilder(from);
        changes.accept(builder);
        return builder.build();
    }

    private static Dictionary<String, Object> dictionary(Map<String, ?> values) {
        return new Hashtable<>(values);
    }
}
