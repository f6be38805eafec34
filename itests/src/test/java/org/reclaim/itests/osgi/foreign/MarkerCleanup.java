package org.reclaim.itests.osgi.foreign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;

/** A plug-in of one class: deletes the file that marks a process. Cleaned between files (800) and sockets (700). */
@Component
@ServiceRanking(750)
public class MarkerCleanup implements ResourceCleanup {

    @Override
    public String resourceType() {
        return "markers";
    }

    @Override
    public boolean hasResources(long pid) {
        return Files.exists(marker(pid));
    }

    @Override
    public CleanupStats cleanup(long pid) {
        long start = System.nanoTime();
        long freed = marker(pid).toFile().delete() ? 1 : 0;
        return CleanupStats.of("markers", freed, 0, 1 - freed, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Where the mark of a process is. */
    public static Path marker(long pid) {
        return Path.of(System.getProperty("reclaim.runtime.dir"), "marker-" + pid);
    }
}
