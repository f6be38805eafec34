package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Constants;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Tenant;
import org.reclaim.itests.osgi.foreign.Witness;
import org.reclaim.itests.osgi.foreign.Witnesses;

/**
 * Whatever is stopped, the framework, the orchestrator, or the bundle that runs the components: every process is ended
 * and freed while the cleanups of all others are still there. In which order bundles and components hear of a stop
 * depends on their names and on the identity hashes of objects, so the build runs this with other hashes, too.
 */
public class StoppingIT {

    private static final List<String> WITNESSES = List.of("aaa", "plain", "zzz");
    private static final int TENANTS = 3;

    private EmbeddedPlatform platform;
    private List<Map<String, Object>> held;

    @Before
    public void start() throws Exception {
        var folder = Files.createDirectories(Path.of("target/itests").toAbsolutePath());
        platform = new EmbeddedPlatform(Files.createTempDirectory(folder, "StoppingIT-"));
        platform.install(TestBundle.of("witness.aaa", Witnesses.Aaa.class, Witness.class, Journal.class));
        platform.install(TestBundle.of("witness.zzz", Witnesses.Zzz.class, Witness.class, Journal.class));
        platform.install(TestBundle.of("witness.plain", Witnesses.Plain.class, Witness.class, Journal.class)
                .with(Constants.BUNDLE_ACTIVATOR, Witnesses.Plain.class.getName()));
        platform.install(TestBundle.of("tenant", Tenant.class)
                .with(Constants.BUNDLE_ACTIVATOR, Tenant.class.getName()));
        held = hold();
    }

    @After
    public void stop() throws Exception {
        platform.stop();
    }

    @Test
    public void stoppingTheFrameworkFreesEverythingWhileAllCleanupsAreThere() throws Exception {
        platform.stop();

        assertFreedInThePresenceOfAll();
        assertThat(platform.log().problems()).isEmpty();
    }

    @Test
    public void stoppingTheOrchestratorFreesEverythingAndStartingItAgainWorks() throws Exception {
        var orchestrator = platform.bundle("org.reclaim.orchestrator");
        orchestrator.stop();

        assertFreedInThePresenceOfAll();
        assertThat(platform.log().problems()).isEmpty();

        orchestrator.start();
        assertWorksAgain();
    }

    @Test
    public void stoppingTheComponentRuntimeFreesEverythingAndStartingItAgainWorks() throws Exception {
        var runtime = platform.bundle("org.apache.felix.scr");
        runtime.stop();

        assertFreedInThePresenceOfAll();
        // The types are away now, and with them somebody to free the rest: that is all there is to be said.
        assertThat(platform.log().problems()).isNotEmpty().allMatch(line -> line.contains("not registered"));

        runtime.start();
        assertWorksAgain();
    }

    private void assertWorksAgain() throws Exception {
        Files.delete(Path.of(System.getProperty("reclaim.runtime.dir"), "journal"));
        held = hold();
        platform.stop();
        assertFreedInThePresenceOfAll();
    }

    @SuppressWarnings("unchecked") // the answer of the tenant
    private List<Map<String, Object>> hold() throws Exception {
        Callable<Map<String, Object>> tenant = platform.service(Callable.class, "(tenant=true)");
        var all = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < TENANTS; i++) {
            all.add(tenant.call());
        }
        assertThat(all).allSatisfy(one -> {
            assertThat(Kernel.isOpen((Path) one.get(Tenant.FILE))).isTrue();
            assertThat(Kernel.ports()).contains((Integer) one.get(Tenant.PORT));
            assertThat((Path) one.get(Tenant.FOLDER)).exists();
            assertThat((Path) one.get(Tenant.UNIX)).exists();
            await().until(() -> Kernel.isRunning("sleep", (String) one.get(Tenant.SLEEP)));
        });
        return all;
    }

    private void assertFreedInThePresenceOfAll() {
        var pids = held.stream().flatMap(one -> Stream.of(one.get(Tenant.PID), one.get(Tenant.COMMAND_PID)));
        var expected = pids.flatMap(pid -> WITNESSES.stream().map(type -> type + " cleaned " + pid)).toList();
        assertThat(Journal.lines()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(held).allSatisfy(one -> {
            assertThat(Kernel.isOpen((Path) one.get(Tenant.FILE))).isFalse();
            assertThat(Kernel.ports()).doesNotContain((Integer) one.get(Tenant.PORT));
            assertThat((Path) one.get(Tenant.FOLDER)).doesNotExist();
            assertThat((Path) one.get(Tenant.UNIX)).doesNotExist();
            assertThat(Kernel.isRunning("sleep", (String) one.get(Tenant.SLEEP))).isFalse();
        });
    }
}
