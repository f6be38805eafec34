package org.reclaim.sockets.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.reclaim.api.socket.UnixListener;

/** Listeners on Unix-domain sockets, and their places in the file system. */
final class UnixPaths {

    /** What the JDK takes: one byte less than fits into a {@code sockaddr_un}, unix(7). */
    private static final int MAX_BYTES = 106;

    private UnixPaths() {}

    /** The path made absolute, if it can be a socket's. */
    static Path requireUsable(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("path is " + path + " of " + path.getFileSystem()
                    + ", must be of the default file system");
        }
        var absolute = path.toAbsolutePath();
        int bytes = absolute.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("path is " + absolute + ", which has " + bytes
                    + " bytes, must have at most " + MAX_BYTES);
        }
        return absolute;
    }

    /** Makes the socket file and listens; a path that exists is refused by the operating system. */
    static UnixListener listen(Path path, int backlog) throws IOException {
        var channel = Channels.bound(
                ServerSocketChannel.open(StandardProtocolFamily.UNIX),
                path,
                opened -> opened.bind(UnixDomainSocketAddress.of(path), backlog));
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                // bind(2) takes the JVM's umask, which is not ours to change: it counts until here.
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            return new UnixListener(channel, path, identity(path));
        } catch (IOException | RuntimeException | Error e) {
            // The file is ours: bind(2) made it, or we would not be here.
            Channels.undo(e, () -> Files.deleteIfExists(path));
            Channels.undo(e, channel::close);
            throw e;
        }
    }

    /** Deletes the socket file, unless it is gone or somebody has put another one there. */
    static void unlink(UnixListener listener) throws IOException {
        try {
            if (identity(listener.path()).equals(listener.identity())) {
                Files.delete(listener.path());
            }
        } catch (NoSuchFileException e) {
            // Gone is what it is to be.
        }
    }

    /** Inodes are used again for new files; together with the time of creation they are not. */
    private static String identity(Path path) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.fileKey() + " " + attributes.creationTime();
    }
}
