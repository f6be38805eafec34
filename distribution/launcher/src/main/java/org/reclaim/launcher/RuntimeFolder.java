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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The private folder of one running platform: bundle cache, log, and whatever else lives no longer than it does.
 *
 * <p>All instances of a user are side by side in one folder of that user. Each holds a lock on a file in its own
 * folder for as long as its JVM lives, however that ends; so a folder whose lock can be had was left behind by an
 * instance that was killed, and the next start deletes it. Creating (folder and lock) and looking for such folders
 * both happen under one more lock, on a file beside the folders: nobody sees a folder that has no lock yet.
 *
 * <p>These are the JDK's locks. The operating system drops them as soon as anything in this JVM closes another
 * channel on the same file; nothing but this class opens these files, and it never opens its own twice. That is
 * why there must be one instance of it per JVM.
 */
final class RuntimeFolder implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> CREATE_OWNER_ONLY = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lock;

    private RuntimeFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates the folder of this JVM where the system wants such things, and removes what killed ones left. */
    static RuntimeFolder create() throws IOException {
        var xdg = System.getenv("XDG_RUNTIME_DIR");
        // After "su" it may still name the folder of somebody else.
        var parent = xdg != null && !xdg.isEmpty() && Files.isWritable(Path.of(xdg)) && Files.isDirectory(Path.of(xdg))
                ? Path.of(xdg)
                : Path.of(System.getProperty("java.io.tmpdir"));
        return createBelow(parent.toAbsolutePath());
    }

    static RuntimeFolder createBelow(Path parent) throws IOException {
        long uid = ownUid(parent);
        var base = parent.resolve("reclaim-" + uid);
        try {
            Files.createDirectory(base, CREATE_OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            requireOurs(base, uid);
        }
        try (var everybody = openLock(base); var _ = everybody.lock()) {
            var mine = createLocked(base);
            deleteAbandoned(base, mine.path);
            return mine;
        }
    }

    Path path() {
        return path;
    }

    /** Deletes the folder with all that is in it. */
    @Override
    public void close() throws IOException {
        try (lock) {
            Trees.delete(path);
        }
    }

    private static RuntimeFolder createLocked(Path base) throws IOException {
        // A short name: the path of a Unix-domain socket below it has 107 bytes at most.
        var path = Files.createTempDirectory(base, "", CREATE_OWNER_ONLY);
        var channel = openLock(path);
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException("somebody else locked the new folder " + path);
        }
        // For people who look: liveness is the lock alone, never this number.
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return new RuntimeFolder(path, channel);
    }

    private static void deleteAbandoned(Path base, Path mine) throws IOException {
        try (var siblings = Files.newDirectoryStream(base)) {
            for (var sibling : siblings) {
                if (Files.isDirectory(sibling, NOFOLLOW_LINKS) && !sibling.equals(mine) && isAbandoned(sibling)) {
                    try {
                        Trees.delete(sibling);
                    } catch (IOException e) {
                        // It is in nobody's way; the next start tries again.
                        continue;
                    }
                }
            }
        }
    }

    private static boolean isAbandoned(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (NoSuchFileException e) {
            return true;   // its owner is deleting it, or was killed while it did
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static FileChannel openLock(Path folder) throws IOException {
        return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Anybody may create things in a folder for temporary files: a link, or a folder that others can enter. */
    private static void requireOurs(Path base, long uid) throws IOException {
        if (!Files.isDirectory(base, NOFOLLOW_LINKS)) {
            throw new IOException(base + " is no directory; remove it, or set XDG_RUNTIME_DIR");
        }
        var owner = ((Number) Files.getAttribute(base, "unix:uid", NOFOLLOW_LINKS)).longValue();
        var permissions = Files.getPosixFilePermissions(base, NOFOLLOW_LINKS);
        if (owner != uid || !permissions.equals(OWNER_ONLY)) {
            throw new IOException("%s has owner %d and mode %s, expected owner %d and mode rwx------".formatted(
                    base, owner, PosixFilePermissions.toString(permissions), uid));
        }
    }

    /** The JDK tells the user id of a file only: so of a new one. */
    private static long ownUid(Path parent) throws IOException {
        var probe = Files.createTempFile(parent, "reclaim", null);
        try {
            return ((Number) Files.getAttribute(probe, "unix:uid")).longValue();
        } finally {
            Files.delete(probe);
        }
    }
}
