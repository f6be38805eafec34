package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.api.task.AsyncTaskManager;

/** The distribution comes up. */
public class StartIT extends PlatformTest {

    @Test
    public void allBundlesAreActive() {
        assertThat(context().getBundles())
                .filteredOn(bundle -> bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .allSatisfy(bundle -> assertThat(bundle.getState()).as("%s", bundle).isEqualTo(Bundle.ACTIVE));
    }

    @Test
    public void theTypesAreBoundInTheOrderOfCleanup() {
        assertThat(service(ResourceOrchestrator.class).registeredTypes())
                .isEqualTo(TYPES);
        assertThat(service(ResourceInventory.class).types())
                .extracting(ResourceTypeInfo::ranking)
                .containsExactly(800, 700, 600, 500, 400, 300, 200, 100);
        assertThat(service(ResourceInventory.class).coverage().missing()).isEmpty();
    }

    @Test
    public void everyManagerHasAFrontThatIsAvailable() {
        var managers = List.of(
                FdManager.class,
                SocketManager.class,
                SignalManager.class,
                ZeroCopyIpc.class,
                IoUringManager.class,
                AsyncTaskManager.class,
                IpcManager.class,
                MmapManager.class,
                MemoryManager.class);
        for (var manager : managers) {
            var front = context().getServiceReference(manager);
            assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(true);
            assertThat(front.getBundle().getSymbolicName()).isEqualTo("org.reclaim.orchestrator");
        }
    }

    @Test
    public void nothingInTheLogNeedsALook() {
        var log = PlatformLog.of(runtime());
        assertThat(log.lines("INFO")).isNotEmpty();
        assertThat(log.problems()).isEmpty();
    }

    @Test
    public void theSettingsAreTheDistributions() {
        assertThat(context().getProperty("reclaim.expected.types")).isEqualTo(String.join(",", TYPES));
        assertThat(Arrays.stream(context().getBundles()).map(Bundle::getSymbolicName))
                .contains("org.apache.felix.fileinstall", "org.reclaim.cli")
                .doesNotContain("org.apache.felix.gogo.jline");
    }
}
