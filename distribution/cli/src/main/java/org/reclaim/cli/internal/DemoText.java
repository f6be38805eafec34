package org.reclaim.cli.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessEnd;
import org.reclaim.cli.internal.demo.Exhibit;
import org.reclaim.cli.internal.demo.Kernel;

/** What the demo tells people. */
final class DemoText {

    private final PrintStream out;

    DemoText(PrintStream out) {
        this.out = out;
    }

    /** What was acquired, type by type. */
    void holds(long pid, Map<String, List<Exhibit>> exhibits) {
        out.printf("Process %d has acquired these, and closes none of them:%n%n", pid);
        int typeWidth = width(exhibits.keySet());
        int whatWidth = width(exhibits.values().stream().flatMap(List::stream).map(Exhibit::what).toList());
        exhibits.forEach((type, ofType) -> ofType.forEach(exhibit -> line(
                "  " + padded(exhibit == ofType.getFirst() ? type : "", typeWidth),
                padded(exhibit.what(), whatWidth),
                exhibit.where())));
        out.println();
    }

    /** How somebody else can see it. */
    void lookFromOutside(long osPid) {
        out.printf("This JVM is process %d of the operating system. Look from another terminal, for example:%n", osPid);
        out.printf("  ls -l /proc/%d/fd%n", osPid);
        out.printf("  ss -anp | grep pid=%d,%n", osPid);
        out.println("  ls -ld PATH, with the paths above");
        out.println();
    }

    /** Asks for Enter, on a line that stays open. */
    void invite(String purpose) {
        out.printf("Press Enter to %s: ", purpose);
    }

    /** What was freed, in the order in which it was. */
    void gaveBack(ProcessEnd end) {
        out.printf("Process %d has ended. Everything was given back, type by type, in this order:%n%n",
                end.process().pid());
        var outcomes = end.cleanup().outcomes();
        int width = width(outcomes.stream().map(outcome -> outcome.resourceType()).toList());
        line("  " + padded("TYPE", width), padded("STATUS", 9), "FREED      BYTES  MICROSECONDS");
        for (var outcome : outcomes) {
            line("  " + padded(outcome.resourceType(), width),
                    padded(outcome.status().name(), 9),
                    figures(outcome.stats()),
                    outcome.detail());
        }
        line("  " + padded("all", width), padded("", 9), figures(end.cleanup().stats()));
        out.println();
    }

    /** What the check has found. */
    void left(List<Exhibit> left) {
        if (Kernel.isVisible()) {
            out.println("Checked with the kernel: descriptors, mappings and signals in /proc/self, the socket tables,");
            out.println("/dev/shm, the file system. Checked with the JVM: its threads, access to freed memory.");
        } else {
            out.println("Checked: the file system, threads, access to freed memory. (There is no /proc to ask.)");
        }
        if (left.isEmpty()) {
            out.println("Nothing is left.");
        } else {
            left.forEach(exhibit -> out.println("LEFT: " + exhibit.what() + " " + exhibit.where()));
        }
    }

    private static String figures(CleanupStats stats) {
        return "%5d %10d  %12d".formatted(
                stats.resourcesFreed(), stats.bytesFreed(), stats.cleanupDurationMicros());
    }

    private void line(String... cells) {
        out.println(String.join("  ", cells).stripTrailing());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static int width(Iterable<String> texts) {
        int width = 0;
        for (var text : texts) {
            width = Math.max(width, text.length());
        }
        return width;
    }
}
