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
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.socket.SocketManager;

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
                .containsExactly("file_descriptors", "sockets", "memory");
        assertThat(service(ResourceInventory.class).types())
                .extracting(ResourceTypeInfo::ranking)
                .containsExactly(800, 700, 100);
        assertThat(service(ResourceInventory.class).coverage().missing()).isEmpty();
    }

    @Test
    public void everyManagerHasAFrontThatIsAvailable() {
        for (var manager : List.of(FdManager.class, SocketManager.class, MemoryManager.class)) {
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
        assertThat(context().getProperty("reclaim.expected.types")).isEqualTo("file_descriptors,sockets,memory");
        assertThat(Arrays.stream(context().getBundles()).map(Bundle::getSymbolicName))
                .contains("org.apache.felix.fileinstall", "org.reclaim.cli")
                .doesNotContain("org.apache.felix.gogo.jline");
    }
}
