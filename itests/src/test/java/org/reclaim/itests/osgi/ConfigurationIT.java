package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.After;
import org.junit.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

/** Settings change while the platform runs: by a file in its folder, and by Configuration Admin. */
public class ConfigurationIT extends PlatformTest {

    private static final String PID = "org.reclaim.orchestrator";
    private static final String FILE = PID + ".cfg";

    /** The folder is looked at every two seconds. */
    private static final Duration SECONDS = Duration.ofSeconds(20);

    @After
    public void takeBack() throws Exception {
        Files.deleteIfExists(file());
        eventually(() -> assertThat(service(ConfigurationAdmin.class).listConfigurations("(service.pid=" + PID + ")"))
                .isNull());
        eventually(() -> assertThat(order()).isEqualTo(TYPES));
    }

    @Test
    public void theDistributionsFileChangesNothingUntilALineIsMadeToCount() throws Exception {
        write(document());
        eventually(() -> assertThat(ofAdmin().getProperties()).isNotNull());
        assertThat(order()).isEqualTo(TYPES);
        assertThat(log().lines("INFO")).noneMatch(line -> line.contains("The settings are"));

        write(document() + "ranking.sockets = 900\n");
        eventually(() -> assertThat(order()).isEqualTo(socketsFirst()));
        assertThat(service(ResourceInventory.class).types())
                .extracting(ResourceTypeInfo::ranking)
                .containsExactly(900, 800, 600, 500, 400, 300, 200, 100);

        write(document());
        eventually(() -> assertThat(order()).isEqualTo(TYPES));
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void aFileThatIsDeletedTakesItsSettingsWithIt() throws Exception {
        write("history.size = 2\nlimit.memory.process.bytes = 1000\n");
        eventually(() -> assertThat(sizeOfHistoryAfterFiveEnds()).isEqualTo(2));
        long pid = processes().start(ProcessSpec.logical("greedy")).pid();
        assertThatThrownBy(() -> service(MemoryManager.class).allocate(pid, 1001))
                .isInstanceOf(ResourceLimitException.class);

        Files.delete(file());

        eventually(() -> assertThat(sizeOfHistoryAfterFiveEnds()).isGreaterThan(5));
        service(MemoryManager.class).allocate(pid, 1001);
    }

    @Test
    public void aFileWithSomethingWrongInItIsRefusedAsAWholeAndACorrectionCounts() throws Exception {
        write("ranking.sockets = 900\n");
        eventually(() -> assertThat(order()).startsWith("sockets"));

        write("ranking.sockets = 5\nhistory.size = plenty\n");
        eventually(() -> assertThat(log().lines("WARN"))
                .singleElement()
                .asString()
                .contains(PID, "refused as a whole", "history.size is 'plenty': must be a whole number"));
        assertThat(order()).startsWith("sockets");

        write("ranking.sockets = 5\nhistory.size = 50\n");
        eventually(() -> assertThat(order()).endsWith("sockets"));
    }

    @Test
    public void rubbishInTheFileIsRefused() throws Exception {
        for (var rubbish : List.of("\u0000\u0001\u0002 = \u0003", "no equals sign", "${unknown} = ${x}")) {
            var log = PlatformLog.of(runtime()).fromNow();
            write(rubbish);
            eventually(() -> assertThat(log.problems()).isNotEmpty());
            assertThat(order()).isEqualTo(TYPES);
        }
    }

    @Test
    public void configurationAdminChangesWhatCallsAndCoverageGoBy() throws Exception {
        var configuration = ofAdmin();
        configuration.update(new Hashtable<>(Map.of(
                "front.wait.millis", "1", "expected.types", new String[] {"sockets", "printers"})));
        eventually(() -> assertThat(log().lines("WARN"))
                .singleElement()
                .asString()
                .contains("Resource type 'printers' not registered - potential leak source!"));
        assertThat(service(ResourceInventory.class).coverage().missing()).containsExactly("printers");
        var sockets = bundle("org.reclaim.sockets");
        sockets.stop();
        try {
            long pid = processes().start(ProcessSpec.logical("caller")).pid();
            assertThatThrownBy(() -> service(SocketManager.class)
                            .openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                    .isInstanceOf(ResourceTypeUnavailableException.class)
                    .hasMessageContaining("within PT0.001S");
        } finally {
            sockets.start();
        }

        configuration.delete();
        eventually(() -> assertThat(service(ResourceInventory.class).coverage().missing()).isEmpty());
    }

    /** For the launcher, which shares no types with bundles. */
    @Test
    public void howLongAStopMayTakeIsOfferedAsItIsNow() throws Exception {
        var configuration = ofAdmin();
        configuration.update(new Hashtable<>(Map.of("stop.deadline.millis", 90_000)));
        eventually(() -> assertThat(stopDeadline()).isEqualTo(90_000));

        configuration.delete();

        eventually(() -> assertThat(stopDeadline()).isEqualTo(30_000));
    }

    private static long stopDeadline() throws Exception {
        var offers = context().getServiceReferences(LongSupplier.class, "(reclaim.setting=stop.deadline.millis)");
        assertThat(offers).hasSize(1);
        return context().getService(offers.iterator().next()).getAsLong();
    }

    @Test
    public void nothingIsWrittenToTheFile() throws Exception {
        write("ranking.sockets = 900\n");
        eventually(() -> assertThat(order()).startsWith("sockets"));
        var before = Files.getLastModifiedTime(file());

        ofAdmin().update(new Hashtable<>(Map.of("ranking.memory", 950)));

        eventually(() -> assertThat(order()).startsWith("memory"));
        assertThat(Files.readString(file())).isEqualTo("ranking.sockets = 900\n");
        assertThat(Files.getLastModifiedTime(file())).isEqualTo(before);
    }

    @Test
    public void theConfigurationCountsAgainAfterARestartOfTheBundle() throws Exception {
        write("ranking.sockets = 900\n");
        eventually(() -> assertThat(order()).startsWith("sockets"));
        var orchestrator = bundle(PID);

        orchestrator.stop();
        orchestrator.start();

        eventually(() -> assertThat(order()).isEqualTo(socketsFirst()));
    }

    @Test
    public void theFileDocumentsEachSettingThatTheFormHasWithItsDefault() throws Exception {
        var documented = Pattern.compile("(?m)^#([a-z.A-Z]+) = (.*)$").matcher(document()).results()
                .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));
        Set<String> names = documented.keySet().stream()
                .flatMap(name -> name.contains("TYPE")
                        ? TYPES.stream().map(type -> name.replace("TYPE", type))
                        : Stream.of(name))
                .collect(Collectors.toCollection(TreeSet::new));
        var form = bundle(PID).getEntry("OSGI-INF/metatype/" + PID + ".xml");
        try (var content = form.openStream()) {
            assertThat(Pattern.compile("<AD id=\"([^\"]+)\"").matcher(new String(content.readAllBytes())).results()
                            .map(id -> id.group(1)))
                    .containsExactlyInAnyOrderElementsOf(names);
        }
        documented.forEach((name, value) -> {
            if (!name.contains("TYPE") && !value.contains("TYPE")) {
                assertThat(context().getProperty("reclaim." + name)).as(name).isEqualTo(value);
            }
        });
    }

    @Test
    public void whatTheOtherFileSaysCanBeChangedIsDocumentedHere() throws Exception {
        var properties = Files.readString(Distribution.home().resolve("conf/config.properties"));
        var changeable = properties.split("(?m)^# --- Processes and their end -+$")[1].split("(?m)^# --- ")[0];
        var types = String.join("|", TYPES);
        var names = Pattern.compile("(?m)^(?:# )?reclaim\\.(\\S+) = ").matcher(changeable).results()
                .map(line -> line.group(1).replaceAll("\\b(" + types + ")\\b", "TYPE"))
                .toList();

        assertThat(names).hasSizeGreaterThan(5).allSatisfy(
                name -> assertThat(document()).contains("\n#" + name + " = "));
    }

    private static int sizeOfHistoryAfterFiveEnds() {
        for (int i = 0; i < 5; i++) {
            processes().terminate(processes().start(ProcessSpec.logical("short")).pid());
        }
        return processes().history().size();
    }

    private static List<String> socketsFirst() {
        return Stream.concat(Stream.of("sockets"), typesWithout("sockets").stream()).toList();
    }

    private static List<String> order() {
        return service(ResourceOrchestrator.class).registeredTypes();
    }

    private static Configuration ofAdmin() throws IOException {
        return service(ConfigurationAdmin.class).getConfiguration(PID, "?");
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(SECONDS).untilAsserted(assertion);
    }

    private static String document() throws IOException {
        return Files.readString(Distribution.home().resolve("conf/etc").resolve(FILE));
    }

    /** At one stroke, as an editor does. */
    private static void write(String content) throws IOException {
        var staged = Files.writeString(runtime().resolve("staged"), content);
        Files.move(staged, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path file() {
        return Distribution.settingsFolder(runtime()).resolve(FILE);
    }
}
