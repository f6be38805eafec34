package org.reclaim.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * The names of POSIX shared memory that belong to a runtime folder: what an instance creates begins with the name of
 * the user's folder and the name of its own, {@code reclaim-0-4711-} for {@code /tmp/reclaim-0/4711}.
 */
final class SharedNames {
    /** Where the C library of Linux has them: shm_overview(7). */
    static final Path LINUX = Path.of("/dev/shm");

    private SharedNames() {
    }

    /** The beginning of all names of an instance. */
    static String prefix(Path runtimeFolder) {
        return (runtimeFolder.getParent().getFileName() + "-" + runtimeFolder.getFileName() + "-")
                .replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /**
     * Removes what an instance that is gone has left: regular files of its owner.
     *
     * @param names where the names are; if there is no such folder there are none
     * @param uid   the owner
     * @throws IOException if one could not be removed, after the others were
     */
    static void delete(Path names, Path runtimeFolder, long uid) throws IOException {
        IOException failure = null;
        var prefix = prefix(runtimeFolder);
        try (var files = Files.newDirectoryStream(names, file -> file.getFileName().toString().startsWith(prefix))) {
            for (var file : files) {
                try {
                    if (Files.isRegularFile(file, NOFOLLOW_LINKS) && RuntimeFolders.owner(file) == uid) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    continue;   // somebody was faster
                } catch (IOException e) {
                    failure = e;
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;   // not Linux: another system keeps them elsewhere
        }
        if (failure != null) {
            throw failure;
        }
    }
}
