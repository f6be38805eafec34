package org.reclaim.api.ring;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The connections that accepts of one instance have brought, by number, until each is closed or handed over.
 * Thread-safe.
 */
final class AcceptedConnections {

    private final ConcurrentMap<Integer, RingDescriptor> open = new ConcurrentHashMap<>();
    private final RingSetup setup;

    AcceptedConnections(RingSetup setup) {
        this.setup = setup;
    }

    void add(int number, InetSocketAddress peer) {
        open.put(number, new RingDescriptor(
                setup.pid(),
                number,
                "tcp connection from " + peer.getAddress().getHostAddress() + ":" + peer.getPort(),
                Optional.of(peer),
                setup.calls(),
                // Not whoever has the number by now.
                closed -> open.remove(number, closed)));
    }

    Optional<RingDescriptor> find(int number) {
        return Optional.ofNullable(open.get(number));
    }

    /** False if it was closed, or handed over before. */
    boolean handOver(RingDescriptor connection) {
        return open.remove(connection.number(), connection);
    }

    void closeAll() {
        open.values().forEach(RingDescriptor::close);
    }
}
