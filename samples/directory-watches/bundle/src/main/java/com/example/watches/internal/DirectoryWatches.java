package com.example.watches.internal;

import com.example.watches.DirectoryWatchManager;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;

/** The type {@code directory_watches}: begins watches for processes, and ends them. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=com.example.watches.DirectoryWatchManager")
@ServiceRanking(DirectoryWatches.RANKING)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"com.example.watches.DirectoryWatchManager\"",
        uses = DirectoryWatchManager.class,
        effective = "active")
public final class DirectoryWatches implements ResourceCleanup, DirectoryWatchManager {

    static final String TYPE = "directory_watches";

    /** Between sockets and signals: what tells of events goes before what acts on them. */
    static final int RANKING = 650;

    /**
     * What processes hold; it belongs to the platform and stays when this bundle is replaced. So its entries are of
     * classes that stay, too: here of the JDK, else of the API bundle.
     */
    private final ResourceTable<WatchService> table;

    /**
     * Opens the table, with what frees one entry.
     *
     * @param tables where watches are tracked
     */
    @Activate
    public DirectoryWatches(@Reference ResourceTables tables) {
        table = tables.open(TYPE, WatchService.class, WatchService::close);
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    /** Reserves, acquires, tracks; what can't be tracked is given back here. */
    @Override
    public ResourceHandle<WatchService> watch(long pid, Path directory) throws IOException {
        try (var place = table.reserve(pid, 0)) {
            var watch = newWatch(directory);
            try {
                return place.track(watch, directory.toAbsolutePath().toString());
            } catch (RuntimeException | Error e) {
                watch.close();
                throw e;
            }
        }
    }

    private static WatchService newWatch(Path directory) throws IOException {
        WatchService watch;
        try {
            watch = directory.getFileSystem().newWatchService();
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException(
                    "directory is " + directory + " of " + directory.getFileSystem() + ", which can't be watched", e);
        }
        try {
            directory.register(
                    watch,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            return watch;
        } catch (IOException | RuntimeException | Error e) {
            watch.close();
            throw e;
        }
    }

    @Override
    public CleanupStats cleanup(long pid) {
        return table.releaseAll(pid);
    }

    @Override
    public String resourceType() {
        return TYPE;
    }

    @Override
    public boolean hasResources(long pid) {
        return table.hasResources(pid);
    }
}
