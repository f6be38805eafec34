package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Test;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.TypeOutcome.Status;

/**
 * The sample project, and one that the archetype has made, both built outside of our build: their jars are dropped into
 * the deploy folder.
 */
public class ThirdPartyPluginIT extends PlatformTest {

    private static final Path BUILT = Path.of("../archetype/target").toAbsolutePath().normalize();
    private static final Path SAMPLE = BUILT.resolve("sample/directory-watches");
    private static final Path GENERATED = BUILT.resolve("it/generated/gadgets");
    private static final String TYPE = "directory_watches";
    private static final Duration SCAN = Duration.ofSeconds(60);

    @After
    public void removeJars() throws IOException {
        for (var jar : jarsIn(Distribution.deployFolder(runtime()))) {
            Files.delete(jar);
        }
        await().atMost(SCAN).until(() -> !types().contains(TYPE));
        await().atMost(SCAN).until(() -> context().getServiceReference("com.example.watches.DirectoryWatchManager")
                == null);
    }

    @Test
    public void theSampleTakesItsPlaceAndItsWatchesEndWithTheirProcess() throws Exception {
        deploy(SAMPLE);
        assertThat(types()).containsSubsequence("sockets", TYPE, "signals");
        long pid = processes().start(ProcessSpec.logical("watcher")).pid();
        long inotify = inotify();
        var watch = watch("com.example.watches", pid).get();

        assertThat(inotify()).isEqualTo(inotify + 1);
        Files.createFile(watched().resolve("seen-by-" + pid));
        assertThat(watch.poll(SCAN.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        assertThat(statusOf(pid)).isEqualTo(Status.FREED);

        assertThatThrownBy(watch::poll).isInstanceOf(ClosedWatchServiceException.class);
        assertThat(inotify()).isEqualTo(inotify);
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void whatTheSampleHasAcquiredOutlivesItsBundleAndIsFreedByTheNextOne() throws Exception {
        deploy(SAMPLE);
        long pid = processes().start(ProcessSpec.logical("watcher")).pid();
        long inotify = inotify();
        var watch = watch("com.example.watches", pid).get();

        var jar = Distribution.deployFolder(runtime()).resolve("directory-watches-bundle-1.0.0.jar");
        Files.delete(jar);
        await().atMost(SCAN).until(() -> !types().contains(TYPE));
        assertThat(watch.poll()).isNull();
        deploy(SAMPLE);

        assertThat(statusOf(pid)).isEqualTo(Status.FREED);
        assertThat(inotify()).isEqualTo(inotify);
    }

    @Test
    public void whatTheArchetypeMakesWorksAsItIs() throws Exception {
        deploy(GENERATED);
        long pid = processes().start(ProcessSpec.logical("watcher")).pid();
        watch("org.acme.gadgets", pid);

        assertThat(statusOf(pid)).isEqualTo(Status.FREED);
    }

    /** The test does not see the plug-in's interface: nobody but its users does. */
    @SuppressWarnings("unchecked")
    private static ResourceHandle<WatchService> watch(String owner, long pid) throws Exception {
        // The front comes a moment after the type.
        await().atMost(SCAN).until(() -> context().getAllServiceReferences(owner + ".DirectoryWatchManager", null)
                != null);
        var reference = context().getAllServiceReferences(owner + ".DirectoryWatchManager", null)[0];
        var manager = context().getService(reference);
        var method = Class.forName(owner + ".DirectoryWatchManager", true, manager.getClass().getClassLoader())
                .getMethod("watch", long.class, Path.class);
        return (ResourceHandle<WatchService>) method.invoke(manager, pid, watched());
    }

    /** Where nobody else writes. */
    private static Path watched() throws IOException {
        return Files.createDirectories(runtime().resolve("watched"));
    }

    /** How many inotify instances there are, inotify(7); FileInstall has some of its own. */
    private static long inotify() {
        return Kernel.descriptors().stream().filter("anon_inode:inotify"::equals).count();
    }

    private static Status statusOf(long pid) {
        return processes().terminate(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals(TYPE))
                .findFirst()
                .orElseThrow()
                .status();
    }

    private static void deploy(Path project) throws IOException {
        for (var module : List.of("api", "bundle")) {
            for (var jar : jarsIn(project.resolve(module).resolve("target"))) {
                var staged = Files.copy(jar, runtime().resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                Files.move(staged, Distribution.deployFolder(runtime()).resolve(jar.getFileName()),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }
        await().atMost(SCAN).until(() -> types().contains(TYPE));
    }

    private static List<Path> jarsIn(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static List<String> types() {
        return service(ResourceOrchestrator.class).registeredTypes();
    }
}
