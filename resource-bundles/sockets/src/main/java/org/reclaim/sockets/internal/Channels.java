package org.reclaim.sockets.internal;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** Opens, binds and words channels. */
final class Channels {

    private Channels() {}

    static ServerSocketChannel listen(InetSocketAddress local, int backlog) throws IOException {
        var channel = isIpv4Alone(local)
                ? ServerSocketChannel.open(StandardProtocolFamily.INET)
                : ServerSocketChannel.open();
        return bound(channel, local, opened -> opened.bind(local, backlog));
    }

    static DatagramChannel openUdp(InetSocketAddress local) throws IOException {
        var channel = isIpv4Alone(local) ? DatagramChannel.open(StandardProtocolFamily.INET) : DatagramChannel.open();
        return bound(channel, local, opened -> opened.bind(local));
    }

    /**
     * Whether nothing but IPv4 can reach an address. Then the socket is one of IPv4, too, and every tool shows it under
     * that very address; of the JDK's own choice it would be one of IPv6 with a mapped address.
     */
    private static boolean isIpv4Alone(InetSocketAddress local) {
        return local.getAddress() instanceof Inet4Address address && !address.isAnyLocalAddress();
    }

    /** Binds a new channel, and closes it if that fails. */
    static <C extends Channel> C bound(C channel, Object address, Binding<C> binding) throws IOException {
        try {
            binding.bind(channel);
            return channel;
        } catch (IOException e) {
            undo(e, channel);
            throw named(address, e);
        } catch (RuntimeException | Error e) {
            undo(e, channel);
            throw e;
        }
    }

    /** Takes something back after a failure, which stays the one that is told. */
    static void undo(Throwable failure, Closeable step) {
        try {
            step.close();
        } catch (IOException | RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    /** The JDK's messages do not say which address. */
    private static IOException named(Object address, IOException e) {
        var message = "Can't bind to " + address + ": " + e.getMessage();
        var named = e instanceof BindException ? new BindException(message) : new IOException(message);
        named.initCause(e);
        return named;
    }

    /** What identifies a connection, which must be open. */
    static String connectionLabel(SocketChannel connection) {
        try {
            var local = Optional.ofNullable(connection.getLocalAddress());
            var remote = Optional.ofNullable(connection.getRemoteAddress());
            return "stream " + local.map(Channels::text).orElse("unbound") + " -> "
                    + remote.map(Channels::text).orElse("unconnected");
        } catch (IOException e) {
            throw new IllegalArgumentException("connection is " + connection + ", must be open", e);
        }
    }

    /** An address as people write it. */
    static String text(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address ->
                "[" + inet.getAddress().getHostAddress() + "]:" + inet.getPort();
            case InetSocketAddress inet when !inet.isUnresolved() ->
                inet.getAddress().getHostAddress() + ":" + inet.getPort();
            case UnixDomainSocketAddress unix -> unix.toString().isEmpty() ? "unnamed" : unix.toString();
            default -> address.toString();
        };
    }

    /** Binds a channel to an address. */
    @FunctionalInterface
    interface Binding<C> {
        void bind(C channel) throws IOException;
    }
}
