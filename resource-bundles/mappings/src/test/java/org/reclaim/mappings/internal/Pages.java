package org.reclaim.mappings.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the kernel says about the pages below a segment: proc_pid_smaps(5). */
final class Pages {

    private Pages() {}

    /** How they are mapped, such as {@code rw-s}; empty if they are not. */
    static Optional<String> mode(MemorySegment segment) throws IOException {
        return region(segment).stream().findFirst().map(line -> line.split(" +")[1]);
    }

    static boolean areMapped(MemorySegment segment) throws IOException {
        return mode(segment).isPresent();
    }

    /** How much of the region around the segment is not in the file yet, in KiB. */
    static long dirty(MemorySegment segment) throws IOException {
        return region(segment).stream()
                .filter(line -> line.startsWith("Shared_Dirty:") || line.startsWith("Private_Dirty:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static List<String> region(MemorySegment segment) throws IOException {
        var found = new ArrayList<String>();
        boolean within = false;
        for (var line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                var range = line.split("[- ]");
                within = Long.parseUnsignedLong(range[0], 16) <= segment.address()
                        && segment.address() < Long.parseUnsignedLong(range[1], 16);
            }
            if (within) {
                found.add(line);
            }
        }
        return found;
    }

    /** Its memory is gone, and touching it throws. */
    static void assertStale(MemorySegment segment) {
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }
}
