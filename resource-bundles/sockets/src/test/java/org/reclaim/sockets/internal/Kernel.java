package org.reclaim.sockets.internal;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the kernel says about this OS process. */
final class Kernel {

    private static final String LISTENING = "0A";

    private Kernel() {}

    /** What is open before a test: with the one descriptor that the JDK keeps from its first channel on. */
    static Map<Integer, String> baseline() throws IOException {
        SocketChannel.open().close();
        return descriptors();
    }

    /** The open descriptors of sockets, event polls and events, by number. */
    static Map<Integer, String> descriptors() throws IOException {
        var found = new TreeMap<Integer, String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors) {
                try {
                    var target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:") || target.startsWith("anon_inode:[event")) {
                        found.put(Integer.parseInt(descriptor.getFileName().toString()), target);
                    }
                } catch (FileSystemException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return found;
    }

    /** Whether something listens at 127.0.0.1, and is no socket of IPv6 with a mapped address. */
    static boolean listensTcp(int port) throws IOException {
        return lines("tcp").stream()
                .map(line -> line.trim().split(" +"))
                .anyMatch(words -> words[1].equals(loopback(port)) && words[3].equals(LISTENING));
    }

    /** Whether a UDP socket is bound to 127.0.0.1. */
    static boolean hasUdp(int port) throws IOException {
        return lines("udp").stream().anyMatch(line -> line.trim().split(" +")[1].equals(loopback(port)));
    }

    /** Whether a Unix-domain socket is bound to a path. */
    static boolean hasUnix(Path path) throws IOException {
        return lines("unix").stream().anyMatch(line -> line.endsWith(" " + path));
    }

    private static String loopback(int port) {
        return "0100007F:%04X".formatted(port);
    }

    private static List<String> lines(String table) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/net", table));
    }
}
