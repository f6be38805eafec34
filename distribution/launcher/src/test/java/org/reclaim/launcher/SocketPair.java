package org.reclaim.launcher;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Both ends of a connection over a Unix-domain socket.
 *
 * @param client the end that connected
 * @param server the end that accepted
 */
public record SocketPair(SocketChannel client, SocketChannel server) implements AutoCloseable {

    /** Connects, by a socket in that folder. */
    public static SocketPair in(Path folder) throws IOException {
        var path = Files.createTempFile(folder, "", ".sock");
        Files.delete(path);
        var address = UnixDomainSocketAddress.of(path);
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            return new SocketPair(SocketChannel.open(address), listener.accept());
        } finally {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void close() throws IOException {
        try (client; server) {
            return;
        }
    }
}
