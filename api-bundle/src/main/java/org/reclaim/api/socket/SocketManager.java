package org.reclaim.api.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;

/**
 * Opens sockets and selectors on behalf of processes. Thread-safe.
 *
 * <p>Every method throws {@link NoSuchProcessException} for a pid that was never started and
 * {@link ProcessEndedException} for a process that is ending or has ended; in both cases, as with every other
 * exception, nothing was acquired.
 *
 * <p>A closed channel that is registered with a selector keeps its descriptor until that selector selects again. The
 * platform sees to it for selectors of {@link #openSelector}; a channel that is registered with any other one is
 * reported as still held.
 */
@ProviderType
public interface SocketManager {

    /**
     * Listens for TCP connections.
     *
     * @param pid     the owner, from 1
     * @param local   where; port 0 for any free one
     * @param backlog how many connections may wait to be accepted, from 1; 0 for the default
     * @return a bound channel; pass what it accepts to {@link #adopt}
     * @throws IOException              if the address is in use or not ours; the message names it
     * @throws IllegalArgumentException if {@code local} is unresolved or {@code backlog} negative
     */
    ResourceHandle<ServerSocketChannel> listenTcp(long pid, InetSocketAddress local, int backlog) throws IOException;

    /**
     * Opens a stream socket that is not connected yet: the caller connects it.
     *
     * @param pid    the owner, from 1
     * @param family {@link java.net.StandardProtocolFamily#INET}, {@code INET6} or {@code UNIX}
     * @return an open channel
     * @throws IOException                   if the operating system refuses
     * @throws UnsupportedOperationException if the family is not known
     */
    ResourceHandle<SocketChannel> openStream(long pid, ProtocolFamily family) throws IOException;

    /**
     * Takes over a connection that a listener of this platform has accepted, or that came from elsewhere.
     *
     * @param pid        the owner, from 1
     * @param connection an open channel that no process holds yet; if this throws it stays the caller's
     * @return the same channel, held by the process
     * @throws IllegalArgumentException if it is closed
     */
    ResourceHandle<SocketChannel> adopt(long pid, SocketChannel connection);

    /**
     * Opens a UDP socket and binds it.
     *
     * @param pid   the owner, from 1
     * @param local where; port 0 for any free one
     * @return a bound channel
     * @throws IOException              if the address is in use or not ours; the message names it
     * @throws IllegalArgumentException if {@code local} is unresolved
     */
    ResourceHandle<DatagramChannel> openUdp(long pid, InetSocketAddress local) throws IOException;

    /**
     * Listens on a Unix-domain socket. Its path is unlinked when it is released, if it is still the same socket.
     *
     * @param pid     the owner, from 1
     * @param path    a path that does not exist yet, at most 107 bytes; made with mode 0600
     * @param backlog as for {@link #listenTcp}
     * @return the listener; pass what it accepts to {@link #adopt}
     * @throws IOException              if the path exists or can't be made; the message names it
     * @throws IllegalArgumentException if the path is too long or {@code backlog} negative
     */
    ResourceHandle<UnixListener> listenUnix(long pid, Path path, int backlog) throws IOException;

    /**
     * Opens a selector.
     *
     * @param pid the owner, from 1
     * @return an open selector
     * @throws IOException if the operating system refuses
     */
    ResourceHandle<Selector> openSelector(long pid) throws IOException;
}
