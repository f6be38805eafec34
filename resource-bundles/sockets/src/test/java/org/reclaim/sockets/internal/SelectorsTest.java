package org.reclaim.sockets.internal;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.sockets.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome.Status;

class SelectorsTest {

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
    void theEndOfTheProcessClosesItsSelectorWithItsChannels() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        for (int i = 0; i < 20; i++) {
            registered(pid, selector);
        }

        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(21);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void channelsAreFreedWhenNobodyUsesTheSelectorOfAnotherProcess() throws Exception {
        var selector = reclaim.sockets().openSelector(reclaim.start()).get();
        var held = Kernel.descriptors();
        long pid = reclaim.start();
        for (int i = 0; i < 20; i++) {
            registered(pid, selector);
        }

        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(Kernel.descriptors()).isEqualTo(held);
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void closingTheHandleFreesTheDescriptorAtOnce() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        var held = Kernel.descriptors();
        var handle = registered(pid, selector);

        handle.close();

        assertThat(Kernel.descriptors()).isEqualTo(held);
    }

    @Test
    void whatIsReadyStaysForTheEventLoopToFind() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        var ready = registered(pid, selector).get();
        send(ready);
        var handle = registered(pid, selector);

        handle.close();

        assertThat(selector.selectedKeys()).isEmpty();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).singleElement().isSameAs(ready.keyFor(selector));
    }

    @Test
    void aForeignSelectorKeepsAChannelHeldUntilItLetsGo() throws Exception {
        long pid = reclaim.start();
        try (var foreign = Selector.open()) {
            var channel = registered(pid, foreign).get();

            var outcome = reclaim.end(pid);

            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.detail()).contains("Still held: ", "not from SocketManager.openSelector");
            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.isRegistered()).isTrue();
            foreign.selectNow();
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        }
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void whoClosesAHandleThatAForeignSelectorHoldsIsToldSo() throws Exception {
        long pid = reclaim.start();
        try (var foreign = Selector.open()) {
            var handle = registered(pid, foreign);

            assertThatThrownBy(handle::close)
                    .isInstanceOf(ReleaseFailedException.class)
                    .hasMessageContaining("not from SocketManager.openSelector");
        }
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void aSelectorThatAnEarlierBundleOpenedIsFoundInTheTable() throws Exception {
        long pid = reclaim.start();
        var selector = reclaim.sockets().openSelector(pid).get();
        var next = new Sockets(reclaim.processes().tables());
        var held = Kernel.descriptors();
        var handle = registered(pid, selector);

        // The last opener's releaser counts.
        handle.close();

        assertThat(Kernel.descriptors()).isEqualTo(held);
        next.detach();
    }

    private ResourceHandle<DatagramChannel> registered(long pid, Selector selector) throws IOException {
        var handle = reclaim.sockets().openUdp(pid, ANY_PORT);
        handle.get().configureBlocking(false);
        handle.get().register(selector, OP_READ);
        return handle;
    }

    private static void send(DatagramChannel to) throws IOException {
        try (var sender = DatagramChannel.open()) {
            sender.send(US_ASCII.encode("ping"), to.getLocalAddress());
        }
    }
}
