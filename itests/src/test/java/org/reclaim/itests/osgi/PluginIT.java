package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.itests.osgi.foreign.MarkerCleanup;

/** A plug-in of one class, written against the API alone, is dropped into the watched folder, and deleted again. */
public class PluginIT extends PlatformTest {

    /** The folder is looked at every two seconds. */
    private static final Duration SECONDS = Duration.ofSeconds(20);

    private static final String MISSING = "Resource type 'markers' not registered - potential leak source!";

    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "reclaim.expected.types", "file_descriptors,markers,sockets,memory",
                // Longer than any machine needs to get to the first drop: until then nothing is missed.
                "reclaim.startup.grace.millis", "300000");
    }

    @Override
    protected void prepare(Path runtime) throws IOException {
        TestBundle.of("com.example.markers", MarkerCleanup.class).writeTo(runtime);
    }

    @Test
    public void comesWithItsJarWorksInItsPlaceGoesWithItsJarAndFreesWhatWaitedWhenItIsBack() throws IOException {
        drop();
        assertThat(inventory().types())
                .extracting(ResourceTypeInfo::resourceType)
                .containsExactlyElementsOf(typesWithMarkers());
        assertThat(inventory().coverage().missing()).isEmpty();
        endOfMarkedProcessIsClean();
        assertThat(log().problems()).isEmpty();

        long pid = markedProcess();
        remove();
        assertThat(log().problems()).singleElement().asString().contains(MISSING);
        assertThat(inventory().coverage().missing()).containsExactly("markers");
        endWithoutPluginLeavesItsPartUnsettled(pid);

        drop();
        await().until(() -> inventory().unsettled().isEmpty());
        assertThat(MarkerCleanup.marker(pid)).doesNotExist();
        assertThat(log().lines("INFO"))
                .anyMatch(line -> line.contains("'markers' is registered again"))
                .anyMatch(line -> line.contains("Settled late: markers of process " + pid));
    }

    private static void endOfMarkedProcessIsClean() throws IOException {
        long pid = markedProcess();
        var end = processes().terminate(pid);
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .containsAll(outcomes(Map.of("memory", Status.FREED)))
                .containsSubsequence(
                        tuple("file_descriptors", Status.EMPTY),
                        tuple("markers", Status.FREED),
                        tuple("sockets", Status.EMPTY));
        assertThat(MarkerCleanup.marker(pid)).doesNotExist();
    }

    private static void endWithoutPluginLeavesItsPartUnsettled(long pid) {
        var end = processes().terminate(pid);
        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .containsAll(outcomes(Map.of("memory", Status.FREED)))
                .endsWith(tuple("markers", Status.UNBOUND));
        assertThat(inventory().unsettled())
                .extracting(UnsettledResources::pid, UnsettledResources::resourceType)
                .containsExactly(tuple(pid, "markers"));
        assertThat(MarkerCleanup.marker(pid)).exists();
    }

    /** Their ranking is 750. */
    private static List<String> typesWithMarkers() {
        var types = new ArrayList<>(TYPES);
        types.add(1, "markers");
        return types;
    }

    private static long markedProcess() throws IOException {
        long pid = processes().start(ProcessSpec.logical("marked")).pid();
        service(MemoryManager.class).allocate(pid, 100);
        Files.createFile(MarkerCleanup.marker(pid));
        return pid;
    }

    /** Moves it in at one stroke: what is half there when the folder is looked at is no bundle. */
    private static void drop() throws IOException {
        var staged = Files.copy(jar(), runtime().resolve("staged.jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(staged, deployed(), StandardCopyOption.ATOMIC_MOVE);
        await().atMost(SECONDS).until(() -> orchestrator().registeredTypes().contains("markers"));
    }

    private static void remove() throws IOException {
        Files.delete(deployed());
        await().atMost(SECONDS).until(() -> !orchestrator().registeredTypes().contains("markers"));
    }

    private static Path jar() {
        return runtime().resolve("com.example.markers.jar");
    }

    private static Path deployed() {
        return Distribution.deployFolder(runtime()).resolve(jar().getFileName());
    }

    private static ResourceInventory inventory() {
        return service(ResourceInventory.class);
    }

    private static ResourceOrchestrator orchestrator() {
        return service(ResourceOrchestrator.class);
    }
}
