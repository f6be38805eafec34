package org.reclaim.itests.osgi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.mapping.Mapping;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.mapping.Protection;
import org.reclaim.api.mapping.Sharing;
import org.reclaim.api.memory.MemoryLifetime;

/** The bundle of the type goes and comes while its mappings are in use. */
public class MappingsIT extends PlatformTest {

    private static final int SIZE = 10_000;

    private Bundle bundle;
    private Path file;
    private long pid;

    @Before
    public void start() throws IOException {
        bundle = bundle("org.reclaim.mappings");
        file = Files.write(runtime().resolve("mapped"), new byte[SIZE]);
        pid = processes().start(ProcessSpec.logical("mapper")).pid();
    }

    @After
    public void bringBack() throws BundleException {
        bundle.start();
    }

    @Test
    public void mappingsStayUsableWhileTheBundleIsStoppedAndTheEndFreesThemWhenItIsBack() throws Exception {
        var early = map(MemoryLifetime.HANDLE).get();

        bundle.stop();
        early.segment().set(JAVA_BYTE, 7, (byte) 42);
        early.force();
        assertThat(mapped()).hasSize(1);

        bundle.start();
        var late = map(MemoryLifetime.PROCESS).get();
        assertThat(late.segment().get(JAVA_BYTE, 7)).isEqualTo((byte) 42);
        assertThat(mapped()).hasSize(2);
        assertFreedByTheEnd(early, late);
        assertThat(Files.readAllBytes(file)[7]).isEqualTo((byte) 42);
    }

    @Test
    public void mappingsKeepNothingOfABundleThatWasUpdated() throws Exception {
        var handle = map(MemoryLifetime.HANDLE);
        var early = List.of(handle.get(), map(MemoryLifetime.PROCESS).get());
        var loader = new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());

        try (var jar = Files.newInputStream(Distribution.jar("org.reclaim.mappings"))) {
            bundle.update(jar);
        }
        var wiring = context().getBundle(0).adapt(FrameworkWiring.class);
        wiring.refreshBundles(List.of(bundle));

        await().until(() -> {
            System.gc();
            return loader.refersTo(null);
        });
        // It is started again by another thread.
        await().until(() -> !context()
                .getServiceReferences(MmapManager.class, "(" + ServiceProperties.AVAILABLE + "=true)")
                .isEmpty());
        assertFreedByTheEnd(early.toArray(Mapping[]::new));
        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    public void aCallMadeMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        bundle.stop();
        var call = new FutureTask<>(() -> map(MemoryLifetime.HANDLE));
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        bundle.start();

        assertFreedByTheEnd(call.get().get());
    }

    private ResourceHandle<Mapping> map(MemoryLifetime lifetime) throws IOException {
        return service(MmapManager.class)
                .mapFile(pid, file, 0, SIZE, Sharing.SHARED, Protection.READ_WRITE, lifetime);
    }

    private void assertFreedByTheEnd(Mapping... mappings) throws IOException {
        var outcome = processes().terminate(pid).cleanup().outcomes().stream()
                .filter(each -> each.resourceType().equals("mappings"))
                .findFirst()
                .orElseThrow();
        assertThat(outcome)
                .returns(Status.FREED, TypeOutcome::status)
                .returns((long) mappings.length, freed -> freed.stats().resourcesFreed());
        assertThat(mapped()).isEmpty();
        for (var mapping : mappings) {
            assertThatThrownBy(() -> mapping.segment().get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    private List<String> mapped() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith(" " + file)).toList();
        }
    }
}
