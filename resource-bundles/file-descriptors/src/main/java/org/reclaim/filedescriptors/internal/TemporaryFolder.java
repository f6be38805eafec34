package org.reclaim.filedescriptors.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.fd.TemporaryDirectory;
import org.reclaim.api.fd.TemporaryFile;

/** Where temporary files and folders are made. Nobody else can have made what it makes: not even by foresight. */
final class TemporaryFolder {

    /** Framework or system property: the private folder of this run of the platform. */
    private static final String RUNTIME_FOLDER = "reclaim.runtime.dir";

    private static final Pattern AFFIX = Pattern.compile("[A-Za-z0-9._-]{0," + FdManager.MAX_AFFIX_LENGTH + "}");
    private static final int RANDOM_BYTES = 8;
    private static final FileAttribute<?>[] PRIVATE_FOLDER = permissions("rwx------");
    private static final FileAttribute<?>[] PRIVATE_FILE = permissions("rw-------");

    private final Path path;
    private final SecureRandom random = new SecureRandom();

    TemporaryFolder(Path path) {
        this.path = path.toAbsolutePath();
    }

    /** In the runtime folder if there is one, else the JVM's own temporary folder. */
    static TemporaryFolder configured(UnaryOperator<String> properties) {
        return new TemporaryFolder(Optional.ofNullable(properties.apply(RUNTIME_FOLDER))
                .map(runtime -> Path.of(runtime, "tmp"))
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))));
    }

    /** Refuses what could lead out of the folder, or into trouble. */
    static void requireAffix(String name, String affix) {
        if (!AFFIX.matcher(affix).matches()) {
            throw new IllegalArgumentException(name + " must be at most " + FdManager.MAX_AFFIX_LENGTH
                    + " letters, digits, '.', '_' or '-' of ASCII");
        }
    }

    TemporaryFile createFile(String prefix, String suffix) throws IOException {
        return create(prefix, suffix, file -> new TemporaryFile(
                file,
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                        PRIVATE_FILE)));
    }

    TemporaryDirectory createDirectory(String prefix) throws IOException {
        return create(prefix, "", folder -> {
            // Refused at once where it could not be deleted later.
            DirectoryTree.open(path).close();
            return new TemporaryDirectory(Files.createDirectory(folder, PRIVATE_FOLDER));
        });
    }

    private <T> T create(String prefix, String suffix, Creation<T> creation) throws IOException {
        boolean made = false;
        while (true) {
            var bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            var candidate = path.resolve(prefix + HexFormat.of().formatHex(bytes) + suffix);
            try {
                return creation.create(candidate);
            } catch (FileAlreadyExistsException e) {
                // Another name.
            } catch (NoSuchFileException e) {
                if (made) {
                    throw e;
                }
                Files.createDirectories(path, PRIVATE_FOLDER);
                made = true;
            }
        }
    }

    private static FileAttribute<?>[] permissions(String mode) {
        boolean posix = Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }

    /** Makes something at a path where nothing is yet. */
    @FunctionalInterface
    private interface Creation<T> {
        T create(Path path) throws IOException;
    }
}
