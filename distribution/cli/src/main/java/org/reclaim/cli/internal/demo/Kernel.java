package org.reclaim.cli.internal.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the operating system knows about this JVM. Where there is no {@code /proc}, it knows of nothing. */
public final class Kernel {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path DESCRIPTOR_DETAILS = Path.of("/proc/self/fdinfo");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path NETWORK = Path.of("/proc/self/net");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");
    private static final String EPOLL = "anon_inode:[eventpoll]";
    private static final String IO_URING = "anon_inode:[io_uring]";

    /** Of the mask of caught signals in the status, in hexadecimal. */
    private static final String CAUGHT = "SigCgt:";

    // Columns of /proc/net/tcp and udp, and of /proc/net/unix; see proc_net(5).
    private static final int LOCAL_ADDRESS = 1;
    private static final int REMOTE_ADDRESS = 2;
    private static final int INODE = 9;
    private static final int UNIX_INODE = 6;
    private static final int UNIX_PATH = 7;

    /** Column of /proc/self/maps; see proc_pid_maps(5). */
    private static final int MAPPED_PATH = 5;

    private Kernel() {}

    /** Whether there is a {@code /proc} to read. */
    public static boolean isVisible() {
        return Files.isDirectory(DESCRIPTORS);
    }

    /** Whether a descriptor of this JVM refers to a file, be it deleted meanwhile. */
    public static boolean hasOpen(Path file) throws IOException {
        return descriptors().values().stream()
                .anyMatch(target -> target.equals(file.toString()) || target.equals(file + " (deleted)"));
    }

    /** Whether this JVM has mapped what the kernel knows by a name: for a file its real path, be it deleted by now. */
    static boolean hasMapped(String name) throws IOException {
        return lines(MAPPINGS).stream()
                .map(line -> line.split("\\s+", MAPPED_PATH + 1))
                .filter(row -> row.length > MAPPED_PATH)
                .anyMatch(row -> row[MAPPED_PATH].equals(name) || row[MAPPED_PATH].equals(name + " (deleted)"));
    }

    /** Whether a descriptor of this JVM, or a socket table, still has the socket. */
    static boolean hasSocket(String inode) throws IOException {
        return descriptors().containsValue("socket:[" + inode + "]")
                || internetRows("tcp", "tcp6", "udp", "udp6").stream().anyMatch(row -> row[INODE].equals(inode))
                || unixRows().stream().anyMatch(row -> row[UNIX_INODE].equals(inode));
    }

    /** The inode of the TCP or UDP socket with these ports; the remote port is 0 if it is not connected. */
    static Optional<String> inode(String protocol, int localPort, int remotePort) throws IOException {
        return internetRows(protocol, protocol + "6").stream()
                .filter(row -> port(row[LOCAL_ADDRESS]) == localPort && port(row[REMOTE_ADDRESS]) == remotePort)
                .map(row -> row[INODE])
                .findFirst();
    }

    /** The inode of the socket that listens on a path. */
    static Optional<String> unixInode(Path path) throws IOException {
        return unixRows().stream()
                .filter(row -> row.length > UNIX_PATH && row[UNIX_PATH].equals(path.toString()))
                .map(row -> row[UNIX_INODE])
                .findFirst();
    }

    /** The descriptor of the selector with which a socket is registered. */
    static Optional<String> selectorOf(String socketInode) throws IOException {
        var registered = "ino:" + Long.toHexString(Long.parseLong(socketInode)) + " ";
        for (var descriptor : descriptors().entrySet()) {
            if (descriptor.getValue().equals(EPOLL)
                    && lines(DESCRIPTOR_DETAILS.resolve(descriptor.getKey())).stream()
                            .anyMatch(line -> line.contains(registered))) {
                return Optional.of(descriptor.getKey());
            }
        }
        return Optional.empty();
    }

    /** Whether a descriptor is a selector. */
    static boolean isSelector(String descriptor) throws IOException {
        return EPOLL.equals(descriptors().get(descriptor));
    }

    /** The ends of pipes that this JVM has open: by descriptor, which pipe. */
    static Map<String, String> pipes() throws IOException {
        var ends = descriptors();
        ends.values().removeIf(target -> !target.startsWith("pipe:"));
        return ends;
    }

    /** Whether a file, be it deleted meanwhile, is mapped from an address on. */
    static boolean isMapped(Path file, long address) throws IOException {
        var start = Long.toHexString(address) + "-";
        return lines(MAPPINGS).stream().anyMatch(line -> line.startsWith(start) && line.contains(file.toString()));
    }

    /** Whether this JVM has a handler of a signal, by its number. */
    static boolean catches(int signal) throws IOException {
        return lines(STATUS).stream()
                .filter(line -> line.startsWith(CAUGHT))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(CAUGHT.length()).strip(), 16))
                .anyMatch(mask -> (mask >>> signal - 1 & 1) == 1);
    }

    /** Whether a descriptor is an io_uring instance. */
    static boolean isIoUring(String descriptor) throws IOException {
        return IO_URING.equals(descriptors().get(descriptor));
    }

    /** What a descriptor refers to: a path, or kind and inode. */
    static Optional<String> target(int descriptor) throws IOException {
        return Optional.ofNullable(descriptors().get(String.valueOf(descriptor)));
    }

    /** Whether a descriptor refers to that. */
    static boolean hasTarget(String target) throws IOException {
        return descriptors().containsValue(target);
    }

    private static Map<String, String> descriptors() throws IOException {
        var targets = new HashMap<String, String>();
        if (isVisible()) {
            try (var links = Files.newDirectoryStream(DESCRIPTORS)) {
                for (var link : links) {
                    readLink(link).ifPresent(target -> targets.put(link.getFileName().toString(), target));
                }
            }
        }
        return targets;
    }

    private static Optional<String> readLink(Path link) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException e) {
            // Closed meanwhile: among others the descriptor by which the folder is read.
            return Optional.empty();
        }
    }

    private static List<String[]> internetRows(String... tables) throws IOException {
        var rows = new ArrayList<String[]>();
        for (var table : tables) {
            rows.addAll(rows(table, INODE + 2));
        }
        return rows;
    }

    private static List<String[]> unixRows() throws IOException {
        return rows("unix", UNIX_PATH + 1);
    }

    /** The last column takes the rest of the line: a path may have blanks. */
    private static List<String[]> rows(String table, int columns) throws IOException {
        return lines(NETWORK.resolve(table)).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+", columns))
                .toList();
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            // A kernel without this protocol, or no Linux at all; or a descriptor that was closed meanwhile.
            return List.of();
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
