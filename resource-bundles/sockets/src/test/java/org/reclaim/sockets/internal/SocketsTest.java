package org.reclaim.sockets.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.sockets.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;

class SocketsTest {

    private Map<Integer, String> before;
    private Platform reclaim;

    @BeforeEach
    void build() throws IOException {
        reclaim = new Platform();
        before = Kernel.baseline();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void theEndOfTheProcessClosesItsListener() throws Exception {
        long pid = reclaim.start();
        var listener = reclaim.sockets().listenTcp(pid, ANY_PORT, 5).get();
        var address = (InetSocketAddress) listener.getLocalAddress();
        assertThat(Kernel.listensTcp(address.getPort())).isTrue();

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);

        assertThat(Kernel.listensTcp(address.getPort())).isFalse();
        assertThat(Kernel.descriptors()).isEqualTo(before);
        reclaim.sockets().listenTcp(reclaim.start(), address, 5);
    }

    @Test
    void theEndOfTheProcessClosesBothKindsOfStreams() throws Exception {
        long server = reclaim.start();
        long client = reclaim.start();
        var listener = reclaim.sockets().listenTcp(server, ANY_PORT, 5).get();
        var stream = reclaim.sockets().openStream(client, StandardProtocolFamily.INET).get();
        stream.connect(listener.getLocalAddress());
        var accepted = reclaim.sockets().adopt(server, listener.accept()).get();
        stream.write(US_ASCII.encode("ping"));
        assertThat(accepted.read(ByteBuffer.allocate(10))).isEqualTo(4);

        var outcome = reclaim.end(server);

        assertThat(outcome.stats().resourcesFreed()).isEqualTo(2);
        assertThat(accepted.isOpen()).isFalse();
        assertThat(stream.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        assertThat(reclaim.end(client).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void theEndOfTheProcessClosesItsUdpSocket() throws Exception {
        long pid = reclaim.start();
        var channel = reclaim.sockets().openUdp(pid, ANY_PORT).get();
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        assertThat(Kernel.hasUdp(port)).isTrue();

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);

        assertThat(Kernel.hasUdp(port)).isFalse();
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void closingTheHandleClosesAtOnceAndOnce() throws Exception {
        long pid = reclaim.start();
        var handle = reclaim.sockets().openUdp(pid, ANY_PORT);

        handle.close();
        handle.close();

        assertThat(Kernel.descriptors()).isEqualTo(before);
        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void whatItsUserClosedHimselfIsNoFailure() throws Exception {
        long pid = reclaim.start();
        reclaim.sockets().openUdp(pid, ANY_PORT).get().close();
        reclaim.sockets().openSelector(pid).get().close();

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void socketsAreShownByTheirAddresses() throws Exception {
        long pid = reclaim.start();
        var listener = reclaim.sockets().listenTcp(pid, ANY_PORT, 5).get();
        var stream = reclaim.sockets().openStream(pid, StandardProtocolFamily.INET).get();
        stream.connect(listener.getLocalAddress());
        reclaim.sockets().adopt(pid, listener.accept());
        var udp = reclaim.sockets().openUdp(pid, ANY_PORT).get();
        reclaim.sockets().openSelector(pid);

        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        int client = ((InetSocketAddress) stream.getLocalAddress()).getPort();
        int udpPort = ((InetSocketAddress) udp.getLocalAddress()).getPort();
        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactlyInAnyOrder(
                        "tcp listener 127.0.0.1:" + port,
                        "INET stream, opened unconnected",
                        "stream 127.0.0.1:" + port + " -> 127.0.0.1:" + client,
                        "udp 127.0.0.1:" + udpPort,
                        "selector");
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        long pid = reclaim.start();
        var taken = (InetSocketAddress) reclaim.sockets().listenTcp(pid, ANY_PORT, 5).get().getLocalAddress();
        var takenUdp = (InetSocketAddress) reclaim.sockets().openUdp(pid, ANY_PORT).get().getLocalAddress();
        var held = Kernel.descriptors();

        assertThatThrownBy(() -> reclaim.sockets().listenTcp(pid, taken, 5))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(taken.toString());
        assertThatThrownBy(() -> reclaim.sockets().openUdp(pid, takenUdp))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(takenUdp.toString());
        assertThat(Kernel.descriptors()).isEqualTo(held);
        assertThat(reclaim.end(pid).stats().resourcesFreed()).isEqualTo(2);
    }

    @Test
    void badArgumentsAreRefusedAndNothingIsOpened() throws Exception {
        long pid = reclaim.start();
        var unresolved = InetSocketAddress.createUnresolved("nowhere", 1);
        var closed = SocketChannel.open();
        closed.close();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.sockets().listenTcp(pid, unresolved, 5))
                .withMessageEndingWith("must be resolved");
        assertThatIllegalArgumentException().isThrownBy(() -> reclaim.sockets().openUdp(pid, unresolved));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.sockets().listenTcp(pid, ANY_PORT, -1))
                .withMessage("backlog is -1, must be 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.sockets().adopt(pid, closed))
                .withMessageEndingWith("must be open");
        assertThatThrownBy(() -> reclaim.sockets().openStream(pid, () -> "APPLETALK"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void whoWaitsForConnectionsIsWoken() throws Exception {
        long pid = reclaim.start();
        var listener = reclaim.sockets().listenTcp(pid, ANY_PORT, 5).get();

        var waiting = inNativeCall(listener::accept);

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertWoken(waiting);
        awaitNothingLeft();
    }

    @Test
    void whoWaitsForDataIsWoken() throws Exception {
        long server = reclaim.start();
        var listener = reclaim.sockets().listenTcp(server, ANY_PORT, 5).get();
        long client = reclaim.start();
        var stream = reclaim.sockets().openStream(client, StandardProtocolFamily.INET).get();
        stream.connect(listener.getLocalAddress());
        var udp = reclaim.sockets().openUdp(client, ANY_PORT).get();

        var reading = inNativeCall(() -> stream.read(ByteBuffer.allocateDirect(1)));
        var receiving = inNativeCall(() -> udp.receive(ByteBuffer.allocateDirect(1)));

        assertThat(reclaim.end(client).status()).isEqualTo(Status.FREED);
        assertWoken(reading);
        assertWoken(receiving);
        reclaim.end(server);
        awaitNothingLeft();
    }

    @Test
    void whoWaitsToBeConnectedIsWoken() throws Exception {
        long server = reclaim.start();
        var full = reclaim.sockets().listenTcp(server, ANY_PORT, 1).get();
        // So many that the kernel answers no more.
        for (int i = 0; i < 3; i++) {
            var waiting = reclaim.sockets().openStream(server, StandardProtocolFamily.INET).get();
            waiting.configureBlocking(false);
            waiting.connect(full.getLocalAddress());
        }
        long client = reclaim.start();
        var stream = reclaim.sockets().openStream(client, StandardProtocolFamily.INET).get();

        var connecting = inNativeCall(() -> stream.connect(full.getLocalAddress()));

        assertThat(reclaim.end(client).status()).isEqualTo(Status.FREED);
        assertWoken(connecting);
        reclaim.end(server);
        awaitNothingLeft();
    }

    private void assertWoken(FutureTask<?> waiting) {
        assertThatThrownBy(waiting::get)
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(AsynchronousCloseException.class);
    }

    /** For channels in use: the last thread that leaves one frees its descriptor. */
    private void awaitNothingLeft() {
        await().untilAsserted(() -> assertThat(Kernel.descriptors()).isEqualTo(before));
    }

    /** Calls it on a thread of its own, and waits until that is in the kernel. */
    private static FutureTask<?> inNativeCall(Callable<?> body) {
        var task = new FutureTask<>(body);
        var thread = Thread.ofPlatform().start(task);
        await().until(() -> {
            var stack = thread.getStackTrace();
            return stack.length > 0 && stack[0].isNativeMethod();
        });
        return task;
    }
}
