package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.reclaim.api.socket.SocketManager;

/** A TCP listener and both ends of a connection to it, one of them with a selector; UDP; a Unix-domain listener. */
@Component
public final class SocketsPart implements DemoPart {

    private final SocketManager sockets;

    @Activate
    public SocketsPart(@Reference(target = "(reclaim.available=true)") SocketManager sockets) {
        this.sockets = sockets;
    }

    @Override
    public String resourceType() {
        return "sockets";
    }

    @Override
    public List<Exhibit> acquire(long pid) throws IOException {
        var anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        var exhibits = new ArrayList<Exhibit>();

        var listener = sockets.listenTcp(pid, anyPort, 0).get();
        exhibits.add(internet("TCP listener", "tcp", listener.getLocalAddress(), Optional.empty()));

        var client = sockets.openStream(pid, StandardProtocolFamily.INET).get();
        client.connect(listener.getLocalAddress());
        var server = adopt(pid, listener.accept());
        exhibits.add(connection("TCP connection", client));
        exhibits.add(connection("its other end", server));
        exhibits.add(selector(sockets.openSelector(pid).get(), server));

        var udp = sockets.openUdp(pid, anyPort).get();
        exhibits.add(internet("UDP socket", "udp", udp.getLocalAddress(), Optional.empty()));

        var path = Path.of(System.getProperty("java.io.tmpdir"), "reclaim-demo-" + UUID.randomUUID()).toAbsolutePath();
        sockets.listenUnix(pid, path, 0);
        var inode = Kernel.unixInode(path);
        exhibits.add(new Exhibit("Unix listener", path.toString(), () -> Files.exists(path) || isThere(inode)));
        return exhibits;
    }

    private SocketChannel adopt(long pid, SocketChannel accepted) throws IOException {
        try {
            return sockets.adopt(pid, accepted).get();
        } catch (RuntimeException e) {
            accepted.close();
            throw e;
        }
    }

    private static Exhibit connection(String what, SocketChannel channel) throws IOException {
        // Closed with a reset: else the kernel remembers the closed connection for a minute (TIME_WAIT), and who looks
        // from outside would think that something was left.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        return internet(what, "tcp", channel.getLocalAddress(), Optional.of(channel.getRemoteAddress()));
    }

    private static Exhibit internet(String what, String protocol, SocketAddress local, Optional<SocketAddress> remote)
            throws IOException {
        var inode = Kernel.inode(protocol, port(local), remote.map(SocketsPart::port).orElse(0));
        return new Exhibit(what, text(local) + remote.map(to -> " to " + text(to)).orElse(""), () -> isThere(inode));
    }

    private static Exhibit selector(Selector selector, SocketChannel watched) throws IOException {
        watched.configureBlocking(false);
        watched.register(selector, SelectionKey.OP_READ);
        selector.selectNow(); // tells the kernel of the registration
        var socket = Kernel.inode("tcp", port(watched.getLocalAddress()), port(watched.getRemoteAddress()));
        var descriptor = socket.isPresent() ? Kernel.selectorOf(socket.get()) : Optional.<String>empty();
        return new Exhibit(
                "selector",
                "for " + text(watched.getLocalAddress()) + descriptor.map(fd -> ", descriptor " + fd).orElse(""),
                () -> descriptor.isPresent() ? Kernel.isSelector(descriptor.get()) : selector.isOpen());
    }

    private static boolean isThere(Optional<String> inode) throws IOException {
        return inode.isPresent() && Kernel.hasSocket(inode.get());
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static String text(SocketAddress address) {
        var internet = (InetSocketAddress) address;
        return internet.getAddress().getHostAddress() + ":" + internet.getPort();
    }
}
