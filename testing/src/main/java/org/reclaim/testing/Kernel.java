package org.reclaim.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the kernel says about this process of the operating system. */
public final class Kernel {

    private static final Path SELF = Path.of("/proc/self");

    private Kernel() {}

    /** The open descriptors, by number, and what they stand for: proc_pid_fd(5). */
    public static Map<Integer, String> descriptors() {
        var found = new TreeMap<Integer, String>();
        try (var descriptors = Files.newDirectoryStream(SELF.resolve("fd"))) {
            for (var descriptor : descriptors) {
                try {
                    found.put(
                            Integer.parseInt(descriptor.getFileName().toString()),
                            Files.readSymbolicLink(descriptor).toString());
                } catch (FileSystemException e) {
                    continue; // closed meanwhile; among others the one by which the folder is read
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** The mapped regions, a line each: proc_pid_maps(5). */
    public static List<String> mappings() {
        return lines(SELF.resolve("maps"));
    }

    /** The mapped regions whose line has a text in it, such as a path. */
    public static List<String> mappings(String text) {
        return mappings().stream().filter(line -> line.contains(text)).toList();
    }

    /** The names of the POSIX shared memory that there is, shm_overview(7). */
    public static List<String> sharedMemory() {
        try (Stream<Path> entries = Files.list(Path.of("/dev/shm"))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A number of {@code /proc/self/status}, such as {@code VmRSS} (KiB) or {@code Threads}. */
    public static long status(String name) {
        return lines(SELF.resolve("status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
