package org.reclaim.filedescriptors.internal;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel says about this OS process. */
final class Kernel {

    private Kernel() {}

    /** What the open descriptors stand for that are at or below a path; deleted files are marked by the kernel. */
    static List<String> openBelow(Path path) throws IOException {
        var found = new ArrayList<String>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors) {
                try {
                    var target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(path.toRealPath().toString())) {
                        found.add(target);
                    }
                } catch (FileSystemException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return found;
    }

    /** The open-file-description locks on a file, as in proc_locks(5): their modes. */
    static List<String> locksOn(Path file) throws IOException {
        var inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (var lines = Files.lines(Path.of("/proc/locks"))) {
            return lines.filter(line -> line.contains("OFDLCK") && line.contains(inode))
                    .map(line -> line.trim().split(" +")[3])
                    .toList();
        }
    }
}
