package org.reclaim.launcher;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where the runtime folders of a user are: all of them in one folder, which is for that user only. */
final class RuntimeFolders {
    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    static final FileAttribute<?> CREATE_OWNER_ONLY = PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private RuntimeFolders() {
    }

    /** Where the system wants such things: in the folder of the session, if there is one that can be used. */
    static Path parent() throws IOException {
        var temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
        var session = System.getenv("XDG_RUNTIME_DIR");
        boolean usable = session != null && session.startsWith("/")
                && isPrivateTo(ownUid(temporary), Path.of(session));
        return usable ? Path.of(session) : temporary;
    }

    /**
     * Whether a folder is a user's own, and for nobody else, as the XDG base directory specification wants it. After
     * "su" the environment may still name the folder of somebody else, in which root could write.
     */
    static boolean isPrivateTo(long uid, Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        var folder = path.toRealPath();
        return owner(folder) == uid && Files.getPosixFilePermissions(folder).equals(OWNER_ONLY);
    }

    /** The user's folder there; it need not be there yet. */
    static Path base(Path parent) throws IOException {
        return parent.resolve("reclaim-" + ownUid(parent));
    }

    /**
     * Whether that is our folder, and nobody else can enter it. Anybody may create things in a folder for temporary
     * files: a link, or a folder that others can enter.
     */
    static boolean isOurs(Path base) throws IOException {
        return Files.isDirectory(base, NOFOLLOW_LINKS)
                && owner(base) == ownUid(base.getParent())
                && Files.getPosixFilePermissions(base, NOFOLLOW_LINKS).equals(OWNER_ONLY);
    }

    /** Refuses what is not our folder, and says what is wrong with it. */
    static void requireOurs(Path base) throws IOException {
        if (!Files.isDirectory(base, NOFOLLOW_LINKS)) {
            throw new IOException(base + " is no directory; remove it, or set XDG_RUNTIME_DIR");
        }
        if (!isOurs(base)) {
            var permissions = Files.getPosixFilePermissions(base, NOFOLLOW_LINKS);
            throw new IOException("%s has owner %d and mode %s, expected owner %d and mode rwx------".formatted(
                    base, owner(base), PosixFilePermissions.toString(permissions), ownUid(base.getParent())));
        }
    }

    static long owner(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid", NOFOLLOW_LINKS)).longValue();
    }

    /** The kernel says it, proc_pid_status(5). The JDK tells the user id of a file only: elsewhere of a new one. */
    static long ownUid(Path parent) throws IOException {
        var status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (var line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:\t")) {
                    // real, effective, saved, and the one that files are created with
                    return Long.parseLong(line, line.lastIndexOf('\t') + 1, line.length(), 10);
                }
            }
        }
        var probe = Files.createTempFile(parent, "reclaim", null);
        try {
            return owner(probe);
        } finally {
            Files.delete(probe);
        }
    }
}
