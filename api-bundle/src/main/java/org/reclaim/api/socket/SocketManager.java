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
 * <p>A closed channel that is registered with a selector keeps its descriptor until that selector selects again.
 * Releasing it makes selectors of {@link #openSelector} do so; a channel that is registered with any other one is still
 * held until that one selects. For event loops this means:
 * <ul>
 *   <li>{@code select} may return without a key, when other people's channels are released.
 *   <li>The platform selects, too, and takes the keys of closed channels out of the selected ones; it adds none. So a
 *       loop over {@link Selector#selectedKeys()} belongs into {@code synchronized (selector)}; an action given to
 *       {@link Selector#select(java.util.function.Consumer)} is safe as it is.
 *   <li>A handle that is closed within either of them is released when that selection is over and the next one begins.
 *   <li>A selector that is kept busy for more than a second keeps what is registered with it held.
 * </ul>
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
     * Listens on a Unix-domain socket, mode 0600. Its path is unlinked when it is released, if it is still the same
     * socket. For an instant, between being made and getting its mode, it has that of the JVM's umask: who shares the
     * machine with people whom he does not trust puts it into a folder of mode 0700.
     *
     * @param pid     the owner, from 1
     * @param path    a path that does not exist yet, at most 106 bytes when it is absolute
     * @param backlog as for {@link #listenTcp}
     * @return the listener; pass what it accepts to {@link #adopt}
     * @throws IOException              if the path exists or can't be made; the message names it
     * @throws IllegalArgumentException if the path is too long or not of the default file system, or {@code backlog}
     *                                  negative
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
