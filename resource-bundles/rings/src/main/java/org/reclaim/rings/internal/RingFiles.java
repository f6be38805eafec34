package org.reclaim.rings.internal;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.file.FileSystems;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.api.ring.RingPipe;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.FileCalls;
import org.reclaim.syscalls.SocketCalls;

/** Opens what io_uring instances work on. Nothing stays behind if it throws. */
final class RingFiles {

    private static final int DEFAULT_BACKLOG = 50;

    private RingFiles() {}

    /** The flags of open(2) for options of the JDK, with its rules. */
    static int flags(OpenOption... options) {
        var given = EnumSet.noneOf(StandardOpenOption.class);
        for (var option : options) {
            if (!(option instanceof StandardOpenOption standard)
                    || standard == StandardOpenOption.DELETE_ON_CLOSE
                    || standard == StandardOpenOption.SPARSE) {
                throw new IllegalArgumentException("options have " + option
                        + ", must be StandardOpenOptions but DELETE_ON_CLOSE and SPARSE");
            }
            given.add(standard);
        }
        boolean append = given.contains(StandardOpenOption.APPEND);
        boolean write = append || given.contains(StandardOpenOption.WRITE);
        boolean read = given.contains(StandardOpenOption.READ);
        if (append && (read || given.contains(StandardOpenOption.TRUNCATE_EXISTING))) {
            throw new IllegalArgumentException(
                    "options are " + given + ", must not have READ or TRUNCATE_EXISTING beside APPEND");
        }
        return access(read, write) | (write ? writingFlags(given) : 0) | (append ? FileCalls.O_APPEND : 0);
    }

    private static int access(boolean read, boolean write) {
        if (!write) {
            return FileCalls.O_RDONLY;
        }
        return read ? FileCalls.O_RDWR : FileCalls.O_WRONLY;
    }

    /** Without writing, they are ignored, as by the JDK. */
    private static int writingFlags(Set<StandardOpenOption> given) {
        int flags = 0;
        for (var option : given) {
            flags |= switch (option) {
                case CREATE -> FileCalls.O_CREAT;
                case CREATE_NEW -> FileCalls.O_CREAT | FileCalls.O_EXCL;
                case TRUNCATE_EXISTING -> FileCalls.O_TRUNC;
                case SYNC -> FileCalls.O_SYNC;
                case DSYNC -> FileCalls.O_DSYNC;
                default -> 0;
            };
        }
        return flags;
    }

    static void requireDefaultFileSystem(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("path is " + path + " of " + path.getFileSystem()
                    + ", must be of the default file system");
        }
    }

    static RingDescriptor open(long pid, Path path, int flags) throws IOException {
        var absolute = path.toAbsolutePath();
        return descriptor(pid, FileCalls.open(absolute, flags), "file " + absolute, Optional.empty());
    }

    static RingPipe pipe(long pid) throws IOException {
        var ends = FileCalls.pipe();
        return new RingPipe(
                descriptor(pid, ends.source(), "pipe source", Optional.empty()),
                descriptor(pid, ends.sink(), "pipe sink", Optional.empty()));
    }

    static RingDescriptor listenTcp(long pid, InetSocketAddress local, int backlog) throws IOException {
        try (var undo = new Undo()) {
            int number = SocketCalls.listenTcp(local, backlog == 0 ? DEFAULT_BACKLOG : backlog);
            undo.add(() -> DescriptorCalls.close(number));
            var address = SocketCalls.localAddress(number);
            var listener = descriptor(pid, number, "tcp listener " + text(address), Optional.of(address));
            undo.forget();
            return listener;
        }
    }

    static boolean isIpv6(ProtocolFamily family) {
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new IllegalArgumentException("family is " + family + ", must be INET or INET6");
        }
        return family == StandardProtocolFamily.INET6;
    }

    static RingDescriptor openTcp(long pid, boolean ipv6) throws IOException {
        var description = "tcp socket, " + (ipv6 ? "IPv6" : "IPv4");
        return descriptor(pid, SocketCalls.tcp(ipv6), description, Optional.empty());
    }

    private static RingDescriptor descriptor(
            long pid, int number, String description, Optional<InetSocketAddress> address) {
        return new RingDescriptor(pid, number, description, address, IoUringSetup.calls());
    }

    private static String text(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
