package org.reclaim.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalInt;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.syscalls.DescriptorCalls;
import org.reclaim.syscalls.FileLocks;
import org.reclaim.syscalls.SystemCalls;

/**
 * The private folder of one running platform: bundle cache, socket, and whatever else lives no longer than it does.
 *
 * <p>All instances of a user are side by side in one folder of that user. Each holds a lock on a file in its own
 * folder for as long as its JVM lives, however that ends; so a folder whose lock can be had was left behind by an
 * instance that was killed, and the next start deletes it, with the shared memory that carries its name. Creating
 * (folder and lock) and looking for such folders both happen under one more lock, on a file beside the folders: nobody
 * sees a folder that has no lock yet.
 *
 * <p>A platform that stays has the lock of its home, too, while it has this folder; that is how others find it.
 *
 * <p>These are the JDK's locks. The operating system drops them as soon as anything in this JVM closes another
 * channel on the same file; nothing but this class opens these files, and it never opens its own twice. That is
 * why there must be one instance of it per JVM.
 */
final class RuntimeFolder implements AutoCloseable {
    private static final String LOCK = "lock";

    private final Path path;
    private final Path sharedMemory;
    private final FileChannel lock;
    private Optional<HomeLock> homeLock = Optional.empty();
    private OptionalInt mark = OptionalInt.empty();

    private RuntimeFolder(Path path, Path sharedMemory, FileChannel lock) {
        this.path = path;
        this.sharedMemory = sharedMemory;
        this.lock = lock;
    }

    /**
     * Creates the folder of this JVM where the system wants such things, and removes what killed ones left.
     *
     * @param home what it is going to serve; empty for a platform that runs one command
     * @throws IOException if another platform serves that home
     */
    static RuntimeFolder create(Optional<Home> home) throws IOException {
        return createBelow(RuntimeFolders.parent(), SharedNames.LINUX, home);
    }

    static RuntimeFolder createBelow(Path parent, Path sharedMemory, Optional<Home> home) throws IOException {
        var base = RuntimeFolders.base(parent);
        try {
            Files.createDirectory(base, RuntimeFolders.CREATE_OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            RuntimeFolders.requireOurs(base);
        }
        RuntimeFolder mine;
        try (var everybody = openLock(base); var _ = everybody.lock()) {
            mine = createLocked(base, sharedMemory);
            deleteAbandoned(base, mine);
        }
        if (home.isPresent()) {
            mine.serve(home.get());
        }
        return mine;
    }

    private void serve(Home home) throws IOException {
        try {
            homeLock = Optional.of(HomeLock.take(home, path));
        } finally {
            if (homeLock.isEmpty()) {
                close();
            }
        }
    }

    /** Whether the instance that has this folder lives. Not for this JVM's own. */
    static boolean isAlive(Path folder) throws IOException {
        try (var everybody = FileChannel.open(folder.resolveSibling(LOCK), StandardOpenOption.READ);
                var _ = everybody.lock(0, Long.MAX_VALUE, true)) {
            return !isAbandoned(folder);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The pid that an instance has written down, for people to look at. */
    static String pidOf(Path folder) throws IOException {
        try {
            return Files.readString(folder.resolve(LOCK)).strip();
        } catch (NoSuchFileException e) {
            return "unknown";
        }
    }

    /** The socket of an instance. */
    static Path socketOf(Path folder) {
        return folder.resolve(FrameChannel.SOCKET_NAME);
    }

    Path path() {
        return path;
    }

    /**
     * Keeps those away who remove temporary files that nobody has touched for days: of a platform that runs for weeks
     * they would take the lock. They respect a mark on the user's folder. Where there is no such thing it does nothing.
     */
    void markInUse() throws IOException {
        if (SystemCalls.supported()) {
            mark = OptionalInt.of(FileLocks.markInUse(path.getParent()));
        }
    }

    /** Deletes the folder with all that is in it, and the shared memory that carries its name. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (homeLock.isPresent()) {
                // First: who finds a platform by its home finds its folder.
                homeLock.get().close();
            }
            delete(path, sharedMemory);
        } finally {
            if (mark.isPresent()) {
                DescriptorCalls.close(mark.getAsInt());
            }
        }
    }

    private static void delete(Path folder, Path sharedMemory) throws IOException {
        // First: it is found by the folder's name, so not any more when the folder has gone.
        SharedNames.delete(sharedMemory, folder, RuntimeFolders.owner(folder));
        Trees.delete(folder);
    }

    private static RuntimeFolder createLocked(Path base, Path sharedMemory) throws IOException {
        // A short name: the path of a Unix-domain socket below it has 107 bytes at most.
        var path = Files.createTempDirectory(base, "", RuntimeFolders.CREATE_OWNER_ONLY);
        var channel = openLock(path);
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException("somebody else locked the new folder " + path);
        }
        // For people who look: liveness is the lock alone, never this number.
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return new RuntimeFolder(path, sharedMemory, channel);
    }

    private static void deleteAbandoned(Path base, RuntimeFolder mine) throws IOException {
        try (var siblings = Files.newDirectoryStream(base)) {
            for (var sibling : siblings) {
                if (Files.isDirectory(sibling, NOFOLLOW_LINKS) && !sibling.equals(mine.path) && isAbandoned(sibling)) {
                    try {
                        delete(sibling, mine.sharedMemory);
                    } catch (IOException e) {
                        // It is in nobody's way; the next start tries again.
                        continue;
                    }
                }
            }
        }
    }

    private static boolean isAbandoned(Path folder) throws IOException {
        // A shared lock: only the owner's is in its way. Two that look at once would refuse each other exclusive ones,
        // and the second would take the dead for alive.
        try (var channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.READ)) {
            return channel.tryLock(0, Long.MAX_VALUE, true) != null;
        } catch (NoSuchFileException e) {
            return true;   // its owner is deleting it, or was killed while it did
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static FileChannel openLock(Path folder) throws IOException {
        return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
