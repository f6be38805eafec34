package org.reclaim.cli.internal.demo;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;

/** What the JVM knows about its virtual threads, of which the kernel knows nothing: it writes them into a file. */
final class VirtualThreads {

    private VirtualThreads() {}

    /** Whether there is one of this name. */
    static boolean isThere(String name) throws IOException {
        var folder = Files.createTempDirectory("reclaim-demo-threads-");
        var dump = folder.resolve("dump"); // must not exist
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (var lines = Files.lines(dump)) {
                return lines.anyMatch(line -> line.contains('"' + name + '"'));
            }
        } finally {
            Files.deleteIfExists(dump);
            Files.delete(folder);
        }
    }
}
