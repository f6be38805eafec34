package org.reclaim.itests.osgi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the kernel says that this JVM holds. */
final class Kernel {

    private static final Path SELF = Path.of("/proc/self");

    /** Columns of /proc/net/tcp and /proc/net/udp: the local address as hex:port, and the inode of the socket. */
    private static final int LOCAL_ADDRESS = 1;

    private static final int INODE = 9;

    /** The last column of /proc/net/unix, for sockets with a path, and the inode before it. */
    private static final int UNIX_PATH = 7;

    private static final int UNIX_INODE = 6;

    private Kernel() {}

    /** What the open file descriptors point to: paths, and {@code socket:[inode]} for example. */
    static List<String> descriptors() {
        try (var entries = Files.list(SELF.resolve("fd"))) {
            return entries.flatMap(Kernel::target).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
            return Stream.empty(); // the one that lists them, or somebody has just closed it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isOpen(Path file) {
        return descriptors().contains(file.toString());
    }

    /** The local ports of the TCP and UDP sockets that this JVM has open. */
    static Set<Integer> ports() {
        var ports = new HashSet<Integer>();
        for (var table : List.of("tcp", "tcp6", "udp", "udp6")) {
            for (var row : rows(table, INODE, LOCAL_ADDRESS)) {
                ports.add(Integer.parseInt(row.substring(row.lastIndexOf(':') + 1), 16));
            }
        }
        return ports;
    }

    /** The paths of the Unix-domain sockets that this JVM has open. */
    static Set<String> unixSockets() {
        return Set.copyOf(rows("unix", UNIX_INODE, UNIX_PATH));
    }

    /** One column of the rows whose socket is ours. */
    private static List<String> rows(String table, int inode, int column) {
        var sockets = Set.copyOf(descriptors());
        try (var lines = Files.lines(SELF.resolve("net").resolve(table))) {
            return lines.skip(1)
                    .map(line -> line.strip().split("\\s+"))
                    .filter(row -> row.length > Math.max(inode, column))
                    .filter(row -> sockets.contains("socket:[" + row[inode] + "]"))
                    .map(row -> row[column])
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether some process of this machine has this very command line. */
    static boolean isRunning(String... command) {
        var wanted = String.join("\0", command) + "\0";
        try (var entries = Files.list(SELF.getParent())) {
            return entries.map(entry -> entry.resolve("cmdline")).anyMatch(file -> wanted.equals(textOf(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for what is no process, or none any more. */
    private static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
