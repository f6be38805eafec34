package org.reclaim.filedescriptors.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Deletes a folder with all that is in it, while others may still write into it.
 *
 * <p>Below the folder's own parent nothing is looked up by more than one name: each folder is opened in its parent,
 * without following links, and what is in it is deleted through that. So nobody can lead the deletion elsewhere by
 * putting a link into its way, and no depth is too deep.
 *
 * <p>A folder inside is first moved to the top under a name of ours, then opened and emptied. This flattens the tree,
 * so that the work needs six descriptors and no recursion; who still adds files by path no longer finds the folder; and
 * what somebody has mounted something on can't be moved, so that is never entered.
 */
final class DirectoryTree {

    private static final Set<PosixFilePermission> ALL_FOR_OWNER = PosixFilePermissions.fromString("rwx------");

    /** How often the folder is emptied again because others have added to it. */
    private static final int MAX_PASSES = 10;

    /** Of the failures, that many are told in full. */
    private static final int MAX_TOLD = 5;

    private final Path path;
    private final String prefix = ".deleted-" + UUID.randomUUID() + "-";
    private final Deque<Path> moved = new ArrayDeque<>();
    private final List<IOException> failures = new ArrayList<>();
    private long failed;
    private long names;

    private DirectoryTree(Path path) {
        this.path = path;
    }

    /**
     * Deletes what is at a path. Does nothing if nothing is there.
     *
     * @param path absolute, not the root
     * @throws IOException if something could not be deleted; all else has been
     */
    static void delete(Path path) throws IOException {
        try (var parent = open(path.getParent())) {
            new DirectoryTree(path).deleteIn(parent, path.getFileName());
        } catch (NoSuchFileException e) {
            // Gone is what it is to be, if necessary with all above it.
        } catch (FileSystemException e) {
            throw new IOException(path + " could not be deleted: " + e, e);
        }
    }

    /**
     * Opens a folder by its path.
     *
     * @throws UnsupportedOperationException where folders in it could not be deleted as they are here
     */
    static SecureDirectoryStream<Path> open(Path folder) throws IOException {
        var stream = Files.newDirectoryStream(folder);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new UnsupportedOperationException("A folder in " + folder + " could not be deleted safely: "
                + System.getProperty("os.name") + " can't open it through its parent (openat)");
    }

    private void deleteIn(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        if (!isDirectory(parent, name)) {
            parent.deleteFile(name);
            return;
        }
        for (int pass = 1; pass <= MAX_PASSES && failed == 0; pass++) {
            try (var top = open(parent, name)) {
                empty(top);
            }
            try {
                parent.deleteDirectory(name);
                return;
            } catch (DirectoryNotEmptyException e) {
                // Something could not be deleted, or others have added to it: then again.
            }
        }
        if (failed == 0) {
            throw new IOException(path + " could not be deleted: others keep adding to it");
        }
        var thrown = new IOException(path + " could not be deleted; the first of " + failed + " failures: "
                + failures.getFirst().getMessage());
        failures.forEach(thrown::addSuppressed);
        throw thrown;
    }

    private void empty(SecureDirectoryStream<Path> top) {
        deleteFilesMoveFolders(top, path, top);
        for (var name = moved.poll(); name != null; name = moved.poll()) {
            var where = path.resolve(name);
            try {
                try (var folder = open(top, name)) {
                    deleteFilesMoveFolders(folder, where, top);
                }
                top.deleteDirectory(name);
            } catch (NoSuchFileException | DirectoryNotEmptyException e) {
                // Somebody else deletes, too, or has added to it: the next pass sees.
            } catch (IOException e) {
                fail(where, e);
            }
        }
    }

    private void deleteFilesMoveFolders(
            SecureDirectoryStream<Path> folder, Path where, SecureDirectoryStream<Path> top) {
        // Folders are moved when the list has been read to its end: a list that changes may have no end.
        var folders = new ArrayList<Path>();
        try {
            for (var entry : folder) {
                var name = entry.getFileName();
                if (attempt(folder, where.resolve(name), () -> deleteUnlessDirectory(folder, name))) {
                    folders.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            fail(where, e.getCause());
        }
        for (var name : folders) {
            attempt(folder, where.resolve(name), () -> moveUp(folder, name, top));
        }
    }

    /** Answers true, and leaves it alone, if it is a folder. */
    private static boolean deleteUnlessDirectory(SecureDirectoryStream<Path> folder, Path name) throws IOException {
        if (isDirectory(folder, name)) {
            return true;
        }
        folder.deleteFile(name);
        return false;
    }

    private boolean moveUp(SecureDirectoryStream<Path> folder, Path name, SecureDirectoryStream<Path> top)
            throws IOException {
        var free = Path.of(prefix + names++);
        try {
            folder.move(name, top, free);
        } catch (AccessDeniedException e) {
            // Its entry ".." changes, too.
            allow(folder, name);
            folder.move(name, top, free);
        }
        return moved.add(free);
    }

    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        try {
            return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            allow(parent, name);
            return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /**
     * Lets us read, change and search a folder that its owner, us, has locked himself out of. On Linux the JDK has to
     * follow links for that; one that gets in the way in the last moment can at worst unlock another folder of ours.
     */
    private static void allow(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        parent.getFileAttributeView(name, PosixFileAttributeView.class).setPermissions(ALL_FOR_OWNER);
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> folder, Path name) throws IOException {
        return folder.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    /** Takes a step in a folder and answers what it answers; false if it failed, which is noted, or came too late. */
    private boolean attempt(SecureDirectoryStream<Path> folder, Path where, Step step) {
        try {
            try {
                return step.take();
            } catch (AccessDeniedException e) {
                folder.getFileAttributeView(PosixFileAttributeView.class).setPermissions(ALL_FOR_OWNER);
                return step.take();
            }
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            fail(where, e);
            return false;
        }
    }

    private void fail(Path where, IOException e) {
        failed++;
        if (failures.size() < MAX_TOLD) {
            failures.add(new IOException(where + ": " + e, e));
        }
    }

    /** One step of the work. */
    @FunctionalInterface
    private interface Step {
        boolean take() throws IOException;
    }
}
