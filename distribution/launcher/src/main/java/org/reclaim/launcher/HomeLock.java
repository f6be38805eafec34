package org.reclaim.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The lock of a platform that stays, on a file in its home, which says where its runtime folder is. So there is one
 * platform for each home, and it is found, whatever the environment says about runtime folders.
 *
 * <p>The lock is on one byte of the file, for as long as the JVM lives, however that ends: what an unlocked file says
 * means nothing. Another byte is the gate. Who looks shares it while he does; who takes the lock has it for himself
 * until the file is written: so nobody sees half a file, and nobody who looks is in the way of one who takes the lock.
 *
 * <p>These are the JDK's locks, with the rules of {@link RuntimeFolder}: the platform opens the file once.
 */
final class HomeLock implements AutoCloseable {
    private static final Set<? extends OpenOption> TO_TAKE = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    private static final Set<? extends OpenOption> TO_LOOK = Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final long GATE = 0;
    private static final long OWNER = 1;
    /** Longer than any path can be with all its bytes escaped. */
    private static final int MAX_BYTES = 16_384;

    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of a home.
     *
     * @param runtimeFolder where the platform that takes it can be reached
     * @throws IOException if another platform serves that home, or its file cannot be written or locked
     */
    static HomeLock take(Home home, Path runtimeFolder) throws IOException {
        var folder = home.createOwnFolder();
        var file = folder.resolve(Home.LOCK);
        requireRegular(file);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, TO_TAKE, OWNER_ONLY);
        } catch (IOException e) {
            throw unusable(file, e);
        }
        boolean taken = false;
        try (var _ = gate(file, channel)) {
            if (channel.tryLock(OWNER, 1, false) == null) {
                throw refusal(home, runtimeFolder(file, channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(lineOf(runtimeFolder)), 0);
            taken = true;
            return new HomeLock(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /**
     * The runtime folder of the platform that serves a home, if one runs. Not for the JVM of a platform.
     *
     * @throws IOException if it cannot be told, or is not this user's to talk to
     */
    static Optional<Path> find(Home home) throws IOException {
        var file = home.ownFolder().map(folder -> folder.resolve(Home.LOCK));
        if (file.isEmpty() || !Files.exists(file.get(), NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        requireRegular(file.get());
        Path found;
        try (var channel = FileChannel.open(file.get(), TO_LOOK); var _ = channel.lock(GATE, 1, true)) {
            try (var free = channel.tryLock(OWNER, 1, true)) {
                if (free != null) {
                    return Optional.empty();
                }
            }
            found = runtimeFolder(file.get(), channel);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw new IOException("only its user can tell whether a platform of " + home.path() + " is running: "
                    + file.get() + " can't be read", e);
        }
        if (!RuntimeFolders.isOurs(found.getParent())) {
            throw new IOException("a platform of " + home.path() + " is running, but not within reach: its runtime"
                    + " folder " + found + " is another user's, in another container, or gone");
        }
        return Optional.of(found);
    }

    /**
     * Refuses to serve a home that is served.
     *
     * @throws IOException if a platform runs for that home
     */
    static void refuseSecond(Home home) throws IOException {
        var found = find(home);
        if (found.isPresent()) {
            throw refusal(home, found.get());
        }
    }

    private static IOException refusal(Home home, Path running) throws IOException {
        return new IOException("a platform of " + home.path() + " is running already: process "
                + RuntimeFolder.pidOf(running) + "; see reclaim status, attach to it by reclaim console");
    }

    private static FileLock gate(Path file, FileChannel channel) throws IOException {
        try {
            return channel.lock(GATE, 1, false);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** A named pipe would be opened for ever, and a link lead to a file that is no lock. */
    private static void requireRegular(Path file) throws IOException {
        if (Files.exists(file, NOFOLLOW_LINKS) && !Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no regular file; remove it: the platform has its lock there");
        }
    }

    private static IOException unusable(Path file, IOException cause) {
        return new IOException("the platform keeps a lock on " + file + ", and can't: " + cause
                + "; a home must be a folder that this user can write to, name one by --home", cause);
    }

    private static Path runtimeFolder(Path file, FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(MAX_BYTES);
        channel.read(bytes, 0);
        var line = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        try {
            var folder = Path.of(URI.create("file://" + line));
            if (folder.getNameCount() > 1) {
                return folder;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("somebody holds the lock on " + file + ", but it names no folder: '" + line + "'", e);
        }
        throw new IOException("somebody holds the lock on " + file + ", but it names no folder: '" + line + "'");
    }

    /** The path's bytes, as its URI has them: its string may be the same for two paths in a simple locale. */
    private static byte[] lineOf(Path folder) {
        return (folder.toUri().getRawPath() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Lets the next platform serve the home. The file stays: who deletes it would take it from one who waits there. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
