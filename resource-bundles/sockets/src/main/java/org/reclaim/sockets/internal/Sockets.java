package org.reclaim.sockets.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.api.socket.UnixListener;

/** The type {@code sockets}: opens sockets and selectors for processes, and closes them. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.socket.SocketManager")
@ServiceRanking(CleanupRanking.SOCKETS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.socket.SocketManager\"",
        uses = SocketManager.class,
        effective = "active")
public final class Sockets implements ResourceCleanup, SocketManager {

    static final String TYPE = "sockets";

    private final OwnSelectors selectors = new OwnSelectors();
    private final SocketReleaser releaser = new SocketReleaser(selectors);

    /** Of channels, selectors and {@link UnixListener}s. */
    private final ResourceTable<Object> table;

    /**
     * Opens the table.
     *
     * @param tables where sockets are tracked
     */
    @Activate
    public Sockets(@Reference ResourceTables tables) {
        table = tables.open(TYPE, Object.class, releaser);
        selectors.lookIn(table);
    }

    @Deactivate
    void detach() {
        table.detach();
        selectors.close();
    }

    @Override
    public ResourceHandle<ServerSocketChannel> listenTcp(long pid, InetSocketAddress local, int backlog)
            throws IOException {
        requireResolved(local);
        requireNotNegative(backlog);
        return acquire(
                pid,
                () -> Channels.listen(local, backlog),
                channel -> "tcp listener " + Channels.text(channel.getLocalAddress()));
    }

    @Override
    public ResourceHandle<SocketChannel> openStream(long pid, ProtocolFamily family) throws IOException {
        Objects.requireNonNull(family, "family");
        return acquire(pid, () -> SocketChannel.open(family), channel -> family.name() + " stream, opened unconnected");
    }

    @Override
    public ResourceHandle<SocketChannel> adopt(long pid, SocketChannel connection) {
        var label = Channels.connectionLabel(connection);
        try (var place = table.reserve(pid, 0)) {
            // Unlike what is opened here, it stays the caller's if this throws.
            return place.track(connection, label);
        }
    }

    @Override
    public ResourceHandle<DatagramChannel> openUdp(long pid, InetSocketAddress local) throws IOException {
        requireResolved(local);
        return acquire(
                pid,
                () -> Channels.openUdp(local),
                channel -> "udp " + Channels.text(channel.getLocalAddress()));
    }

    @Override
    public ResourceHandle<UnixListener> listenUnix(long pid, Path path, int backlog) throws IOException {
        var absolute = UnixPaths.requireUsable(path);
        requireNotNegative(backlog);
        return acquire(pid, () -> UnixPaths.listen(absolute, backlog), listener -> "unix listener " + absolute);
    }

    @Override
    public ResourceHandle<Selector> openSelector(long pid) throws IOException {
        return acquire(pid, selectors::open, selector -> "selector");
    }

    /** Reserves, opens, tracks; what could not be tracked is released here. */
    private <T> ResourceHandle<T> acquire(long pid, Opening<T> opening, Labeling<T> labeling) throws IOException {
        try (var place = table.reserve(pid, 0)) {
            var resource = opening.open();
            try {
                return place.track(resource, labeling.labelOf(resource));
            } catch (IOException | RuntimeException | Error e) {
                try {
                    releaser.release(resource);
                } catch (IOException | RuntimeException | Error notReleased) {
                    e.addSuppressed(notReleased);
                }
                throw e;
            }
        }
    }

    @Override
    public CleanupStats cleanup(long pid) {
        // First all channels that selectors hold: one selection lets go of all of them, not one for each.
        var registered = new ArrayList<SelectableChannel>();
        table.forEach(pid, resource -> {
            if (resource instanceof SelectableChannel channel && channel.isRegistered()) {
                registered.add(channel);
            }
        });
        registered.forEach(selectors::askToLetGo);
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }

    private static void requireResolved(InetSocketAddress local) {
        if (local.isUnresolved()) {
            throw new IllegalArgumentException("local is " + local + ", must be resolved");
        }
    }

    private static void requireNotNegative(int backlog) {
        if (backlog < 0) {
            throw new IllegalArgumentException("backlog is " + backlog + ", must be 0 or more");
        }
    }

    /** Acquires from the operating system; leaves nothing behind if it throws. */
    @FunctionalInterface
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Says what identifies a resource to people. */
    @FunctionalInterface
    private interface Labeling<T> {
        String labelOf(T resource) throws IOException;
    }
}
