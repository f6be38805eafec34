package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.reclaim.rings.internal.Platform.ANY_PORT;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.RingDescriptor;

/** Connections that an instance accepts: a part of it, until they become resources of their own. */
class AcceptedTest {

    private String before;
    private Platform reclaim;
    private long pid;
    private IoUring ring;

    @BeforeEach
    void open() throws IOException {
        reclaim = new Platform();
        before = Platform.baseline();
        pid = reclaim.start();
        ring = reclaim.ring(pid);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aTrackedConnectionIsShownAndOutlivesItsInstance() throws Exception {
        var handle = reclaim.manager().open(pid, 8, Platform.BUFFER_BYTES);
        int number = accept(handle.get(), ANY_PORT);
        var connection = handle.get().accepted(number).orElseThrow();
        assertThat(labels()).doesNotContain(connection.toString());

        var tracked = reclaim.manager().trackAccepted(handle.get(), number);
        var instance = handle.get();
        handle.close();

        assertThat(tracked.get()).isSameAs(connection);
        assertThat(labels()).contains(connection.toString());
        assertThat(connection.isOpen()).isTrue();
        assertThat(instance.accepted(number)).isEmpty();
        ring.queue().send(connection, ring.allocate(3, 1), 1);
        assertThat(Platform.result(ring)).isEqualTo(3);
        tracked.close();
        assertThat(connection.isOpen()).isFalse();
        assertThat(labels()).doesNotContain(connection.toString());
    }

    @Test
    void theEndOfTheProcessFreesTrackedAndOtherConnections() throws Exception {
        int tracked = accept(ring, ANY_PORT);
        int other = accept(ring, ANY_PORT);
        reclaim.manager().trackAccepted(ring, tracked);
        long held = labels().size();

        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(held);
        assertThat(other).isNotEqualTo(tracked);
        assertThat(Platform.held()).isEqualTo(before);
    }

    @Test
    void whatIsNoConnectionOfTheInstanceIsRefused() throws Exception {
        int number = accept(ring, ANY_PORT);
        var other = reclaim.ring(pid);
        reclaim.manager().trackAccepted(ring, number);
        long held = labels().size();

        for (var each : List.of(ring, other)) {
            assertThatThrownBy(() -> reclaim.manager().trackAccepted(each, number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("result is " + number + ", must be the number of an open connection that " + each
                            + " has accepted, and nobody tracks");
        }
        assertThat(labels()).hasSize((int) held);
    }

    @Test
    void afterTheEndOfTheProcessItIsClosedAlready() throws Exception {
        int number = accept(ring, ANY_PORT);
        var connection = ring.accepted(number).orElseThrow();

        reclaim.end(pid);

        assertThatThrownBy(() -> reclaim.manager().trackAccepted(ring, number))
                .isInstanceOfAny(ProcessEndedException.class, IllegalArgumentException.class);
        assertThat(connection.isOpen()).isFalse();
    }

    /** Without its scope, a link-local address can't even be connected to. */
    @Test
    void theScopeOfLinkLocalAddressesIsKept() throws Exception {
        var local = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(InetAddress::isLinkLocalAddress)
                .filter(Inet6Address.class::isInstance)
                .findFirst();
        assumeThat(local).isPresent();

        int number = accept(ring, new InetSocketAddress(local.orElseThrow(), 0));

        var peer = ring.accepted(number).flatMap(RingDescriptor::address).orElseThrow();
        assertThat(((Inet6Address) peer.getAddress()).getScopeId())
                .isEqualTo(((Inet6Address) local.orElseThrow()).getScopeId());
    }

    /** Connects a new client to a new listener; the number of the connection. */
    private int accept(IoUring by, InetSocketAddress local) throws Exception {
        var listener = reclaim.manager().listenTcp(pid, local, 0).get();
        var family = local.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
        var client = reclaim.manager().openTcp(pid, family).get();
        by.queue().connect(client, listener.address().orElseThrow(), 1);
        by.queue().accept(listener, 2);
        var results = Platform.results(by, 2);
        assertThat(results).containsEntry(1L, 0);
        return results.get(2L);
    }

    private List<String> labels() {
        return reclaim.platform().processes().inventory().resources(pid).stream()
                .map(ResourceInfo::label)
                .toList();
    }
}
