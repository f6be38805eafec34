package org.reclaim.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.util.Version;

/** What the figures were measured on, and with. */
final class Machine {

    private static final Path CPUS = Path.of("/proc/cpuinfo");
    private static final String COMMIT = System.getProperty("reclaim.commit", "unknown");

    private Machine() {}

    /** For the head of the report. */
    static List<String> describe(List<String> jvmFlags) {
        return List.of(
                "Reclaim: commit " + COMMIT,
                "CPU: " + cpu() + ", " + Runtime.getRuntime().availableProcessors() + " processors",
                "System: " + System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "Java: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
                        + ", " + collector() + ", flags " + jvmFlags,
                "JMH: " + Version.getPlainVersion());
    }

    private static String cpu() {
        if (!Files.isReadable(CPUS)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(CPUS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            throw new IllegalStateException("Can't read " + CPUS, e);
        }
    }

    private static String collector() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(MemoryManagerMXBean::getName)
                .collect(Collectors.joining(" + "));
    }

    /** How busy the machine is: figures of a busy one are worth less. */
    static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load);
    }
}
