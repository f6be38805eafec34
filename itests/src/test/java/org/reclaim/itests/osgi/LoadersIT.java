package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.reclaim.api.ProcessSpec;
import org.reclaim.itests.osgi.foreign.Faults;
import org.reclaim.itests.osgi.foreign.Lodgers;
import org.reclaim.itests.osgi.foreign.Things;
import org.reclaim.itests.osgi.foreign.thing.Thing;

/** The platform keeps nothing of a bundle that has gone: its class loader can be collected. */
public class LoadersIT extends PlatformTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TIMES = 5;

    @Override
    protected void prepare(Path runtime) throws IOException {
        LodgerTest.activator(Lodgers.Plain.class).writeTo(runtime);
        var thing = TestBundle.of("thing", Thing.class)
                .with("-exportcontents", Thing.class.getPackageName() + ";version=1.0.0")
                .writeTo(runtime);
        TestBundle.of("things", Things.class).seeing(thing).writeTo(runtime);
        for (var fault : List.of(Faults.HasResourcesThrows.class, Faults.TypeThrows.class, Faults.CleanupHangs.class)) {
            TestBundle.of("faulty." + fault.getSimpleName(), fault, Faults.Plugin.class, Faults.class)
                    .writeTo(runtime);
        }
    }

    @Test
    public void ofBundlesThatWereProcesses() throws Exception {
        var old = new ArrayList<WeakReference<ClassLoader>>();
        for (int i = 0; i < TIMES; i++) {
            var bundle = install("lodger.Plain");
            old.add(loaderOf(bundle));
            bundle.uninstall();
        }
        assertCollected(old);
    }

    @Test
    public void ofTheClassesOfResourcesThatAProcessHad() throws Exception {
        var thing = install("thing");
        var things = install("things");
        var old = List.of(loaderOf(thing), loaderOf(things));
        long pid = processes().start(ProcessSpec.logical("holder")).pid();
        var acquire = context().getServiceReferences(LongConsumer.class, "(things=true)").iterator().next();
        context().getService(acquire).accept(pid);
        context().ungetService(acquire);
        assertThat(processes().terminate(pid).cleanup().stats().byType()).containsEntry("things", 1L);

        things.uninstall();
        thing.uninstall();

        assertCollected(old);
    }

    @Test
    public void ofPluginsThatFailed() throws Exception {
        var old = new ArrayList<WeakReference<ClassLoader>>();
        for (var name : List.of("faulty.HasResourcesThrows", "faulty.TypeThrows")) {
            var bundle = install(name);
            old.add(loaderOf(bundle));
            processes().terminate(holdOneOfEach());
            bundle.uninstall();
        }
        assertCollected(old);
    }

    @Test
    public void ofAPluginThatHungOnceItHasReturned() throws Exception {
        var bundle = install("faulty.CleanupHangs");
        var old = loaderOf(bundle);
        processes().terminate(holdOneOfEach());
        bundle.uninstall();
        refresh();

        System.setProperty(Faults.LET_GO, "");
        try {
            assertCollected(List.of(old));
        } finally {
            System.clearProperty(Faults.LET_GO);
        }
    }

    private static long holdOneOfEach() throws IOException {
        long pid = processes().start(ProcessSpec.logical("holder")).pid();
        new Possessions(pid);
        return pid;
    }

    private static WeakReference<ClassLoader> loaderOf(Bundle bundle) {
        return new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
    }

    private static void refresh() {
        var wiring = context().getBundle(0).adapt(FrameworkWiring.class);
        wiring.refreshBundles(null);
        await().until(() -> wiring.getRemovalPendingBundles().isEmpty());
    }

    private static void assertCollected(List<WeakReference<ClassLoader>> loaders) {
        refresh();
        await().atMost(PATIENCE).untilAsserted(() -> {
            System.gc();
            assertThat(loaders).allMatch(loader -> loader.get() == null);
        });
    }
}
