package org.reclaim.syscalls;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * TCP sockets as bare descriptors, for calls that need their numbers. No child process inherits them; they are closed
 * by {@link DescriptorCalls#close}. None of these calls waits. Thread-safe.
 */
public final class SocketCalls {

    /** What an address takes at most, in bytes: {@code struct sockaddr_in6}. */
    public static final int ADDRESS_BYTES = 28;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int INET_BYTES = 16;

    // struct sockaddr_in and sockaddr_in6, ip(7) and ipv6(7)
    private static final long PORT = 2;
    private static final long ADDRESS4 = 4;
    private static final long ADDRESS6 = 8;
    private static final long SCOPE6 = 24;
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final MethodHandle SOCKET =
            SystemCalls.link("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = SystemCalls.link("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = SystemCalls.link("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            SystemCalls.link("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME =
            SystemCalls.link("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);

    private SocketCalls() {}

    /**
     * Makes a TCP socket: socket(2).
     *
     * @param ipv6 whether for IPv6, else for IPv4
     * @return a blocking descriptor
     * @throws SystemCallException           if the kernel refuses
     * @throws UnsupportedOperationException where there is no such call
     */
    public static int tcp(boolean ipv6) throws SystemCallException {
        return (int) SystemCalls.invoke("socket", ipv6 ? "tcp, IPv6" : "tcp, IPv4", errno ->
                (int) SOCKET.invokeExact(errno, ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }

    /**
     * Listens for TCP connections, with {@code SO_REUSEADDR}, as the JDK does: socket(2), bind(2), listen(2).
     *
     * @param local   a resolved address; port 0 for any free one
     * @param backlog how many connections may wait to be accepted
     * @return a blocking descriptor
     * @throws SystemCallException           if the address is in use or not ours
     * @throws UnsupportedOperationException where there are no such calls
     */
    public static int listenTcp(InetSocketAddress local, int backlog) throws SystemCallException {
        int descriptor = tcp(local.getAddress() instanceof Inet6Address);
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocateFrom(JAVA_INT, 1);
            SystemCalls.invoke("setsockopt SO_REUSEADDR", local, errno -> (int) SETSOCKOPT.invokeExact(
                    errno, descriptor, SOL_SOCKET, SO_REUSEADDR, one, (int) JAVA_INT.byteSize()));
            var address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            int length = writeAddress(local, address);
            SystemCalls.invoke("bind", local, errno -> (int) BIND.invokeExact(errno, descriptor, address, length));
            SystemCalls.invoke("listen", local, errno -> (int) LISTEN.invokeExact(errno, descriptor, backlog));
            return descriptor;
        } catch (SystemCallException | RuntimeException | Error e) {
            DescriptorCalls.close(descriptor);
            throw e;
        }
    }

    /**
     * What a socket is bound to: getsockname(2).
     *
     * @param descriptor a socket of IPv4 or IPv6
     * @return the address
     * @throws SystemCallException           if it is no socket
     * @throws UnsupportedOperationException where there is no such call
     */
    public static InetSocketAddress localAddress(int descriptor) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            var length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            SystemCalls.invoke("getsockname", "descriptor " + descriptor, errno ->
                    (int) GETSOCKNAME.invokeExact(errno, descriptor, address, length));
            return readAddress(address);
        }
    }

    static int writeAddress(InetSocketAddress from, MemorySegment to) {
        boolean ipv6 = from.getAddress() instanceof Inet6Address;
        to.set(JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
        to.set(NETWORK_SHORT, PORT, (short) from.getPort());
        var bytes = MemorySegment.ofArray(from.getAddress().getAddress());
        MemorySegment.copy(bytes, 0, to, ipv6 ? ADDRESS6 : ADDRESS4, bytes.byteSize());
        if (from.getAddress() instanceof Inet6Address inet6) {
            to.set(JAVA_INT_UNALIGNED, SCOPE6, inet6.getScopeId());
        }
        return ipv6 ? ADDRESS_BYTES : INET_BYTES;
    }

    static InetSocketAddress readAddress(MemorySegment from) {
        int port = Short.toUnsignedInt(from.get(NETWORK_SHORT, PORT));
        boolean ipv6 = from.get(JAVA_SHORT, 0) == AF_INET6;
        var bytes = ipv6
                ? from.asSlice(ADDRESS6, 16).toArray(JAVA_BYTE)
                : from.asSlice(ADDRESS4, 4).toArray(JAVA_BYTE);
        int scope = ipv6 ? from.get(JAVA_INT_UNALIGNED, SCOPE6) : 0;
        try {
            return new InetSocketAddress(
                    // A link-local address means nothing without its scope; the other ones have none, not even 0.
                    scope == 0
                            ? InetAddress.getByAddress(bytes)
                            : Inet6Address.getByAddress(null, bytes, scope),
                    port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Addresses of 4 and 16 bytes are right", e);
        }
    }
}
