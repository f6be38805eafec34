package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Lodger;
import org.reclaim.itests.osgi.foreign.Lodgers;
import org.reclaim.itests.osgi.foreign.MarkerCleanup;
import org.reclaim.itests.osgi.foreign.Slow;
import org.reclaim.itests.osgi.foreign.Tenant;
import org.reclaim.itests.osgi.foreign.Witness;
import org.reclaim.itests.osgi.foreign.Witnesses;

/** The platform stops while bundles hold resources in their own names, and comes back while they are active. */
public class BundleStoppingIT {

    private EmbeddedPlatform platform;

    @Before
    public void start() throws Exception {
        var folder = Files.createDirectories(Path.of("target/itests").toAbsolutePath());
        platform = new EmbeddedPlatform(Files.createTempDirectory(folder, "Bundle-"));
    }

    @After
    public void stop() throws Exception {
        platform.stop();
    }

    @Test
    public void processesOfBundlesEndAsTheirBundlesStopAndAllOthersBefore() throws Exception {
        platform.install(TestBundle.of("witness.plain", Witnesses.Plain.class, Witness.class, Journal.class)
                        .with(Constants.BUNDLE_ACTIVATOR, Witnesses.Plain.class.getName()))
                .adapt(BundleStartLevel.class).setStartLevel(3);
        platform.install(LodgerTest.activator(Lodgers.LastWords.class));
        long lodger = pidsOfLodgers().getFirst();
        platform.install(TestBundle.of("tenant", Tenant.class)
                .with(Constants.BUNDLE_ACTIVATOR, Tenant.class.getName()));
        @SuppressWarnings("unchecked") // the answer of the tenant
        Callable<Map<String, Object>> tenant = platform.service(Callable.class, "(tenant=true)");
        var held = tenant.call();

        platform.stop();

        assertThat(Journal.lines()).containsSubsequence(
                "plain cleaned " + held.get(Tenant.PID),
                "last words of " + lodger,
                "plain cleaned " + lodger);
        assertThat(Kernel.isOpen(Lodgers.file(lodger))).isFalse();
        assertReported("lodger.LastWords 1.0.0", "BUNDLE_STOPPED", lodger);
        assertThat(platform.log().problems()).isEmpty();
    }

    @Test
    public void aBundleThatStopsAfterThePlatformsHasNothingLeftByThen() throws Exception {
        platform.install(lodger()).adapt(BundleStartLevel.class).setStartLevel(2);
        long pid = pidsOfLodgers().getFirst();

        platform.stop();

        assertThat(Kernel.isOpen(Lodgers.file(pid))).isFalse();
        assertReported("lodger.component 1.0.0", "PLATFORM_STOPPED", pid);
        assertThat(platform.log().problems()).isEmpty();
    }

    @Test
    public void aBundleThatStaysWhileThePlatformsIsRestartedGetsAnotherProcess() throws Exception {
        platform.install(lodger());
        platform.install(LodgerTest.activator(Lodgers.Plain.class));
        var pids = pidsOfLodgers();
        assertThat(pids).hasSize(2).doesNotHaveDuplicates();
        var orchestrator = platform.bundle("org.reclaim.orchestrator");

        orchestrator.stop();

        assertThat(pids).noneMatch(pid -> Kernel.isOpen(Lodgers.file(pid)));
        Callable<?> plain = platform.service(Callable.class, "(lodger=plain)");
        assertThatThrownBy(plain::call).hasMessageContaining("is ending or has ended");

        Files.delete(Path.of(System.getProperty("reclaim.runtime.dir"), "journal"));
        orchestrator.start();

        // The component is made anew and holds its part again. The activator has the service of a platform that was:
        // its process must not be taken for the one that has its number now.
        var again = pidsOfLodgers();
        assertThat(again).hasSize(1);
        Callable<?> component = platform.service(Callable.class, "(lodger=component)");
        assertThat(component.call()).isEqualTo(again.getFirst());
        assertThat(Kernel.isOpen(Lodgers.file(again.getFirst()))).isTrue();
        assertThatThrownBy(plain::call).hasMessageContaining("is ending or has ended");

        platform.bundle("lodger.component").stop();
        assertThat(Kernel.isOpen(Lodgers.file(again.getFirst()))).isFalse();
        assertThat(platform.log().problems()).isEmpty();
    }

    @Test
    public void aBundleThatIsThereFirstGetsItsProcessWhenThePlatformIs() throws Exception {
        var orchestrator = platform.bundle("org.reclaim.orchestrator");
        orchestrator.stop();
        platform.install(lodger());
        assertThat(Journal.lines()).isEmpty();

        orchestrator.start();

        long pid = pidsOfLodgers().getFirst();
        platform.bundle("lodger.component").stop();
        assertThat(Kernel.isOpen(Lodgers.file(pid))).isFalse();
    }

    @Test
    public void whatABundleHoldsOfATypeThatStopsBeforeItIsFreedBeforeThat() throws Exception {
        platform.install(LodgerTest.activator(Lodgers.Plain.class));
        long pid = pidsOfLodgers().getFirst();
        platform.install(TestBundle.of("slow", Slow.class, Journal.class));
        @SuppressWarnings("unchecked") // the service of the plug-in
        LongFunction<AutoCloseable> slow = platform.service(LongFunction.class, "(slow=true)");
        slow.apply(pid);

        System.setProperty(Slow.LET_GO, "");
        try {
            platform.stop();
        } finally {
            System.clearProperty(Slow.LET_GO);
        }

        assertThat(Journal.lines()).contains("released thing");
        assertReported("lodger.Plain 1.0.0", "PLATFORM_STOPPED", pid);
        assertThat(platform.log().problems()).isEmpty();
    }

    /** A type without a table can't be asked any more, so nobody knows whether it is freed: that is said. */
    @Test
    public void whatABundleMayHoldOfATypeThatStoppedBeforeItIsListed() throws Exception {
        var markers = platform.install(TestBundle.of("markers", MarkerCleanup.class));
        platform.install(lodger());
        long pid = pidsOfLodgers().getFirst();
        Files.createFile(MarkerCleanup.marker(pid));
        markers.stop();

        platform.stop();

        assertThat(MarkerCleanup.marker(pid)).exists();
        assertThat(platform.log().problems())
                .filteredOn(line -> line.contains("The platform stops"))
                .singleElement()
                .asString()
                .contains("markers of process " + pid + " was not freed: UNBOUND");
    }

    private static TestBundle lodger() {
        return TestBundle.of("lodger.component", Lodger.class, Lodgers.class, Journal.class);
    }

    private static List<Long> pidsOfLodgers() {
        await().until(() -> !lodgers().isEmpty());
        return lodgers();
    }

    private static List<Long> lodgers() {
        return Journal.lines().stream()
                .filter(line -> line.startsWith("lodger "))
                .map(line -> Long.valueOf(line.substring("lodger ".length())))
                .toList();
    }

    private void assertReported(String name, String reason, long pid) {
        assertThat(platform.log().lines("INFO")).anyMatch(line -> line.contains(
                "The process of bundle " + name + " has ended (" + reason + "): Process " + pid + ": freed "));
    }
}
