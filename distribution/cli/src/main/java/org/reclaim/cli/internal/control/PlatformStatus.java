package org.reclaim.cli.internal.control;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.reclaim.api.ProcessManager;
import org.reclaim.api.ResourceInventory;

/** What {@code reclaim status} tells. */
final class PlatformStatus {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final BundleContext context;
    private final Supplier<Optional<ProcessManager>> processes;
    private final Supplier<Optional<ResourceInventory>> inventory;
    private final Instant since;

    /**
     * Tells about this JVM.
     *
     * @param processes empty while there are none
     * @param inventory empty while there is none
     */
    PlatformStatus(
            BundleContext context,
            Supplier<Optional<ProcessManager>> processes,
            Supplier<Optional<ResourceInventory>> inventory) {
        this.context = context;
        this.processes = processes;
        this.inventory = inventory;
        this.since = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    }

    String text() {
        return "running\n"
                + line("home", property("reclaim.home"))
                + line("pid", Long.toString(ProcessHandle.current().pid()))
                + line("since", LocalDateTime.ofInstant(since, ZoneId.systemDefault()).format(TIME)
                        + " (" + readable(Duration.between(since, Instant.now())) + ")")
                + line("version", context.getBundle().getVersion().toString())
                + line("processes", processes.get().map(all -> all.processes().size()))
                + line("unsettled", inventory.get().map(all -> all.unsettled().size()))
                + line("log", property("reclaim.log"))
                + line("runtime", property("reclaim.runtime.dir"));
    }

    private String property(String name) {
        return Optional.ofNullable(context.getProperty(name)).orElse("unknown");
    }

    private static String line(String name, Optional<Integer> count) {
        return line(name, count.map(Object::toString).orElse("unknown: the orchestrator is not there"));
    }

    private static String line(String name, String value) {
        return "  %-10s %s%n".formatted(name, value);
    }

    /** In the two biggest units: who looks at days does not count seconds. */
    static String readable(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : Math.max(0, time.toSeconds()) + " s";
    }
}
