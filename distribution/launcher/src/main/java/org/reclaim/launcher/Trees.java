package org.reclaim.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Deletes folders with all that is in them. */
final class Trees {
    private Trees() {
    }

    /**
     * Deletes a file or a whole folder; links are deleted, not followed. What has gone already is no failure. Goes
     * on with the rest when something cannot be deleted.
     *
     * @throws IOException the first failure; the others are attached to it
     */
    static void delete(Path path) throws IOException {
        if (!Files.isDirectory(path, NOFOLLOW_LINKS)) {
            Files.deleteIfExists(path);
            return;
        }
        IOException failure = null;
        try {
            // A command may have taken away its own right to look into, or to change, a folder that it made.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            try (var entries = Files.newDirectoryStream(path)) {
                for (var entry : entries) {
                    try {
                        delete(entry);
                    } catch (IOException e) {
                        failure = first(failure, e);
                    }
                }
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            failure = first(failure, e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static IOException first(IOException first, IOException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
