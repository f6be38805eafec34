package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.After;
import org.junit.Test;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceOrchestrator;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.socket.SocketManager;

/** A component is disabled and enabled while its bundle stays: for the platform the same as a stop and a start. */
public class ComponentIT extends PlatformTest {

    @After
    public void enableAgain() throws Exception {
        enable();
    }

    @Test
    public void aDisabledComponentIsAwayAndAnEnabledOneIsBack() throws Exception {
        var front = context().getServiceReference(SocketManager.class);
        long early = processWithSocket();
        long late = processWithSocket();
        int ports = Kernel.ports().size();

        disable();

        assertThat(types()).containsExactlyElementsOf(typesWithout("sockets"));
        assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(false);
        assertThat(statusOfSockets(early)).isEqualTo(Status.UNBOUND);
        assertThat(Kernel.ports()).hasSize(ports);
        assertThat(log().lines("WARN")).anyMatch(line -> line.contains("'sockets' not registered"));

        enable();

        assertThat(types()).containsExactlyElementsOf(TYPES);
        assertThat(front.getProperty(ServiceProperties.AVAILABLE)).isEqualTo(true);
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        assertThat(Kernel.ports()).hasSize(ports - 1);
        assertThat(statusOfSockets(late)).isEqualTo(Status.FREED);
        assertThat(Kernel.ports()).hasSize(ports - 2);
    }

    @Test
    public void disablingAgainAndAgainLosesNothing() throws Exception {
        int ports = Kernel.ports().size();
        for (int i = 0; i < 20; i++) {
            long pid = processWithSocket();
            disable();
            enable();
            assertThat(statusOfSockets(pid)).isEqualTo(Status.FREED);
        }
        assertThat(Kernel.ports()).hasSize(ports);
        assertThat(log().problems()).allMatch(line -> line.contains("not registered"));
    }

    private static long processWithSocket() throws IOException {
        long pid = processes().start(ProcessSpec.logical("holder")).pid();
        service(SocketManager.class).openUdp(pid, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return pid;
    }

    private static Status statusOfSockets(long pid) {
        return processes().terminate(pid).cleanup().outcomes().stream()
                .filter(outcome -> outcome.resourceType().equals("sockets"))
                .map(TypeOutcome::status)
                .findFirst()
                .orElseThrow();
    }

    private static Iterable<String> types() {
        return service(ResourceOrchestrator.class).registeredTypes();
    }

    private static void disable() throws Exception {
        var runtime = service(ServiceComponentRuntime.class);
        runtime.disableComponent(sockets(runtime)).getValue();
    }

    private static void enable() throws Exception {
        var runtime = service(ServiceComponentRuntime.class);
        runtime.enableComponent(sockets(runtime)).getValue();
    }

    private static ComponentDescriptionDTO sockets(ServiceComponentRuntime runtime) {
        var descriptions = runtime.getComponentDescriptionDTOs(bundle("org.reclaim.sockets"));
        assertThat(descriptions).hasSize(1);
        return descriptions.iterator().next();
    }
}
