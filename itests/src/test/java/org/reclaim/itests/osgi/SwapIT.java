package org.reclaim.itests.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTypeUnavailableException;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;
import org.reclaim.api.socket.SocketManager;

/** The bundle of a resource type is away: what becomes of calls, of handles, and of processes that end meanwhile. */
public class SwapIT extends PlatformTest {

    private static final Duration FRONT_WAIT = Duration.ofSeconds(1);
    private static final Duration BOUND = Duration.ofSeconds(4);

    private Bundle sockets;

    @Override
    protected Map<String, String> settings() {
        return Map.of("reclaim.front.wait.millis", Long.toString(FRONT_WAIT.toMillis()));
    }

    @Before
    public void find() {
        sockets = bundle("org.reclaim.sockets");
    }

    @After
    public void bringBack() throws BundleException {
        sockets.start();
    }

    @Test
    public void aCallMadeMeanwhileWaitsUntilTheBundleIsBack() throws Exception {
        long pid = newProcess();
        sockets.stop();
        var call = new FutureTask<>(() -> openUdp(pid));
        var caller = Thread.ofPlatform().start(call);
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        sockets.start();

        assertThat(call.get().get().isOpen()).isTrue();
    }

    @Test
    public void aCallMadeMeanwhileIsRefusedAfterTheConfiguredWait() throws Exception {
        long pid = newProcess();
        sockets.stop();
        long start = System.nanoTime();

        assertThatThrownBy(() -> openUdp(pid))
                .isInstanceOf(ResourceTypeUnavailableException.class)
                .hasMessageContaining(SocketManager.class.getName());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(FRONT_WAIT, BOUND);
    }

    @Test
    public void anInterruptedCallIsRefusedAtOnceAndStaysInterrupted() throws Exception {
        long pid = newProcess();
        sockets.stop();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> openUdp(pid)).isInstanceOf(ResourceTypeUnavailableException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    public void aHandleClosedMeanwhileIsClosedForItsUserAtOnceAndFreedWhenTheBundleIsBack() throws Exception {
        var handle = openUdp(newProcess());
        int port = portOf(handle);
        sockets.stop();

        handle.close();

        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(Kernel.ports()).contains(port);
        sockets.start();
        await().until(() -> !Kernel.ports().contains(port));
        assertThat(processes().terminate(handle.pid()).cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .contains(tuple("sockets", Status.EMPTY));
    }

    @Test
    public void aProcessThatEndsMeanwhileIsUnsettledUntilTheBundleIsBack() throws Exception {
        var handle = openUdp(newProcess());
        int port = portOf(handle);
        sockets.stop();

        var end = processes().terminate(handle.pid());

        assertThat(end.cleanup().outcomes())
                .extracting(TypeOutcome::resourceType, TypeOutcome::status)
                .containsExactlyInAnyOrderElementsOf(outcomes(Map.of("sockets", Status.UNBOUND)))
                .endsWith(tuple("sockets", Status.UNBOUND));
        assertThat(service(ResourceInventory.class).unsettled())
                .extracting(UnsettledResources::pid, UnsettledResources::resourceType, UnsettledResources::resources)
                .containsExactly(tuple(handle.pid(), "sockets", 1L));
        assertThat(Kernel.ports()).contains(port);
        assertThat(log().lines("WARN"))
                .filteredOn(line -> line.contains("Process " + handle.pid()))
                .singleElement()
                .asString()
                .contains("sockets: UNBOUND (no cleanup is bound; 1 resources, 0 bytes wait for it)");

        sockets.start();
        await().until(() -> service(ResourceInventory.class).unsettled().isEmpty());
        assertThat(Kernel.ports()).doesNotContain(port);
        assertThat(log().lines("INFO"))
                .filteredOn(line -> line.contains("Settled late: sockets of process " + handle.pid() + ", 1 resources"))
                .hasSize(1);
    }

    private static long newProcess() {
        return processes().start(ProcessSpec.logical("user of sockets")).pid();
    }

    private static ResourceHandle<DatagramChannel> openUdp(long pid) throws IOException {
        var anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return service(SocketManager.class).openUdp(pid, anyPort);
    }

    private static int portOf(ResourceHandle<DatagramChannel> handle) throws IOException {
        return ((InetSocketAddress) handle.get().getLocalAddress()).getPort();
    }
}
