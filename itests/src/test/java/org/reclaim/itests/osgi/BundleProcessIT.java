package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.List;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInventory;
import org.reclaim.itests.osgi.foreign.Journal;
import org.reclaim.itests.osgi.foreign.Lodgers;

/** Bundles that hold resources in their own name: however one of them stops, nothing of it is left. */
public class BundleProcessIT extends LodgerTest {

    /** Something that ends an activation of a bundle. */
    private interface Stop {
        void apply(Bundle bundle) throws Exception;
    }

    @Test
    public void theConsoleShowsItUnderTheNameOfTheBundle() throws Exception {
        long pid = start("lodger.component");

        assertThat(processes().processes())
                .extracting(ProcessInfo::pid, ProcessInfo::name, ProcessInfo::kind, ProcessInfo::state)
                .containsExactly(tuple(pid, "lodger.component 1.0.0", ProcessKind.BUNDLE, ProcessState.RUNNING));
        assertThat(service(ResourceInventory.class).resources(pid)).hasSize(3);
    }

    @Test
    public void stoppingTheBundleFreesAllInOrderAndReportsIt() throws Exception {
        assertFreedBy(Bundle::stop);
    }

    @Test
    public void updatingTheBundleFreesAllOfTheOldOne() throws Exception {
        assertFreedBy(bundle -> {
            try (var jar = Files.newInputStream(runtime().resolve(bundle.getSymbolicName() + ".jar"))) {
                bundle.update(jar);
            }
            await().until(() -> Journal.lines().size() == 2);
        });
    }

    @Test
    public void refreshingTheBundleFreesAllOfTheOldOne() throws Exception {
        assertFreedBy(bundle -> {
            context().getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle));
            await().until(() -> Journal.lines().size() == 2);
        });
    }

    @Test
    public void uninstallingTheBundleFreesAll() throws Exception {
        assertFreedBy(Bundle::uninstall);
    }

    /** By a component and by an activator. If it runs again, then as another process. */
    private void assertFreedBy(Stop stop) throws Exception {
        for (var name : List.of("lodger.component", "lodger.Plain")) {
            forget();
            long pid = start(name);
            var bundle = bundle(name);

            stop.apply(bundle);

            assertEnd(endOf(pid), name + " 1.0.0");
            assertThat(bundleProcesses()).doesNotContain(pid).hasSize(bundle.getState() == Bundle.ACTIVE ? 1 : 0);
            assertThat(log().lines("INFO"))
                    .anyMatch(line -> line.contains("bundle " + name + " 1.0.0 has ended (BUNDLE_STOPPED)"
                            + ": Process " + pid + ": freed 3 resources, 1000 bytes"));
            if (bundle.getState() == Bundle.ACTIVE) {
                bundle.stop();
            }
        }
        assertThat(log().problems()).isEmpty();
    }

    @Test
    public void aBundleThatFailsToStartLeavesNothing() throws Exception {
        assertThatThrownBy(() -> install("lodger.FailsToStart")).isInstanceOf(BundleException.class);

        assertEnd(endOf(pidOfLodger()), "lodger.FailsToStart 1.0.0");
        assertThat(bundleProcesses()).isEmpty();
    }

    @Test
    public void aBundleThatFailsToStopLeavesNothing() throws Exception {
        long pid = start("lodger.FailsToStop");

        assertThatThrownBy(() -> bundle("lodger.FailsToStop").stop()).isInstanceOf(BundleException.class);

        // The framework sends no event then.
        await().until(() -> !bundleProcesses().contains(pid));
        assertEnd(endOf(pid), "lodger.FailsToStop 1.0.0");
    }

    @Test
    public void aBundleThatFailedToStopAndStartsAgainIsAnotherProcess() throws Exception {
        long pid = start("lodger.FailsToStop");
        assertThatThrownBy(() -> bundle("lodger.FailsToStop").stop()).isInstanceOf(BundleException.class);

        bundle("lodger.FailsToStop").start();

        assertEnd(endOf(pid), "lodger.FailsToStop 1.0.0");
        assertThat(bundleProcesses()).hasSize(1).doesNotContain(pid);
    }

    @Test
    public void theActivatorMayUseAllUntilItHasStopped() throws Exception {
        long pid = start("lodger.LastWords");

        bundle("lodger.LastWords").stop();

        assertThat(Journal.lines()).contains("last words of " + pid);
        assertThat(Files.readString(Lodgers.file(pid))).isEqualTo("bye");
        assertEnd(endOf(pid), "lodger.LastWords 1.0.0");
    }
}
