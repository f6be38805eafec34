package org.reclaim.filedescriptors.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.reclaim.api.CleanupRanking;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Reservation;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ServiceProperties;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.fd.FileDescriptionLock;
import org.reclaim.api.fd.LockMode;
import org.reclaim.api.fd.TemporaryDirectory;
import org.reclaim.api.fd.TemporaryFile;
import org.reclaim.syscalls.FileLocks;

/** The type {@code file_descriptors}: opens and locks files for processes and makes temporary ones, and undoes it. */
@Component(
        service = ResourceCleanup.class,
        property = ServiceProperties.MANAGER + "=org.reclaim.api.fd.FdManager")
@ServiceRanking(CleanupRanking.FILE_DESCRIPTORS)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"org.reclaim.api.fd.FdManager\"",
        uses = FdManager.class,
        effective = "active")
public final class FileDescriptors implements ResourceCleanup, FdManager {

    static final String TYPE = "file_descriptors";

    private final FileReleaser releaser = new FileReleaser();
    private final TemporaryFolder folder;

    /** Of channels, temporary files and folders, and locks. */
    private final ResourceTable<Object> table;

    /**
     * Opens the table, in OSGi.
     *
     * @param tables  where files are tracked
     * @param context knows the properties of the framework
     */
    @Activate
    public FileDescriptors(@Reference ResourceTables tables, BundleContext context) {
        this(tables, TemporaryFolder.configured(context::getProperty));
    }

    /** Opens the table. */
    FileDescriptors(ResourceTables tables, TemporaryFolder folder) {
        this.folder = folder;
        table = tables.open(TYPE, Object.class, releaser);
    }

    @Deactivate
    void detach() {
        table.detach();
    }

    @Override
    public ResourceHandle<FileChannel> open(long pid, Path path, OpenOption... options) throws IOException {
        Objects.requireNonNull(path, "path");
        boolean makesFile = List.of(options).contains(StandardOpenOption.CREATE_NEW);
        try (var place = table.reserve(pid, 0)) {
            var channel = FileChannel.open(path, options);
            try {
                return track(place, channel, path.toAbsolutePath().toString());
            } catch (RuntimeException | Error e) {
                if (makesFile) {
                    // Then it is known to be ours, and often stands for something, such as a lock. With CREATE it may
                    // have been there before.
                    undo(e, () -> Files.deleteIfExists(path));
                }
                throw e;
            }
        }
    }

    @Override
    public ResourceHandle<TemporaryFile> createTemporaryFile(long pid, String prefix, String suffix)
            throws IOException {
        TemporaryFolder.requireAffix("prefix", prefix);
        TemporaryFolder.requireAffix("suffix", suffix);
        try (var place = table.reserve(pid, 0)) {
            var file = folder.createFile(prefix, suffix);
            return track(place, file, file.path().toString());
        }
    }

    @Override
    public ResourceHandle<TemporaryDirectory> createTemporaryDirectory(long pid, String prefix) throws IOException {
        TemporaryFolder.requireAffix("prefix", prefix);
        try (var place = table.reserve(pid, 0)) {
            var directory = folder.createDirectory(prefix);
            return track(place, directory, directory.path() + "/");
        }
    }

    @Override
    public Optional<ResourceHandle<FileDescriptionLock>> tryLock(long pid, Path path, LockMode mode)
            throws IOException {
        Objects.requireNonNull(mode, "mode");
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("path is " + path + " of " + path.getFileSystem()
                    + ", must be of the default file system");
        }
        var absolute = path.toAbsolutePath();
        try (var place = table.reserve(pid, 0)) {
            var descriptor = FileLocks.tryLock(absolute, mode == LockMode.EXCLUSIVE);
            if (descriptor.isEmpty()) {
                return Optional.empty();
            }
            var lock = new FileDescriptionLock(descriptor.getAsInt(), absolute, mode);
            return Optional.of(track(place, lock, mode + " lock on " + absolute));
        }
    }

    /** Tracks; what could not be tracked is released here. */
    private <T> ResourceHandle<T> track(Reservation<Object> place, T resource, String label) {
        try {
            return place.track(resource, label);
        } catch (RuntimeException | Error e) {
            undo(e, () -> releaser.release(resource));
            throw e;
        }
    }

    /** Takes something back after a failure, which stays the one that is told. */
    private static void undo(Throwable failure, Undoing step) {
        try {
            step.undo();
        } catch (IOException | RuntimeException | Error e) {
            failure.addSuppressed(e);
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

    @FunctionalInterface
    private interface Undoing {
        void undo() throws IOException;
    }
}
