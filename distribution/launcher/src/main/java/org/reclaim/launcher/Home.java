package org.reclaim.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The folder of one instance: what is dropped into its {@code deploy/} runs there, settings in its {@code conf/etc/}
 * count, what its {@code conf/config.properties} sets wins over the installation's, and its log is in {@code log/}.
 * Without one the installation is the home; since nothing is ever written there, the log is then where the system wants
 * such things, in a folder for this installation.
 *
 * @param path  absolute, without links if it exists
 * @param named whether the user named it; else it is the installation
 */
record Home(Path path, boolean named) {
    /** The file in its own folder on which its platform has a lock: {@link HomeLock}. */
    static final String LOCK = "platform.lock";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /**
     * The home that was named, or else the installation.
     *
     * @throws IOException if it is there and no folder
     */
    static Home of(Optional<Path> name, Installation installation) throws IOException {
        var path = name.orElse(installation.home()).toAbsolutePath().normalize();
        if (Files.exists(path)) {
            path = path.toRealPath();
            if (!Files.isDirectory(path)) {
                throw new IOException("the home " + path + " is no folder");
            }
        }
        return new Home(path, name.isPresent() && !path.equals(installation.home().toRealPath()));
    }

    /** Creates what is missing, for its owner only. */
    Home create() throws IOException {
        if (!named) {
            return this;
        }
        try {
            Files.createDirectories(path, OWNER_ONLY);
            Files.createDirectories(path.resolve("deploy"), OWNER_ONLY);
            Files.createDirectories(path.resolve("conf").resolve("etc"), OWNER_ONLY);
        } catch (IOException e) {
            throw new IOException("the home " + path + " lacks folders that can't be created (" + e + "); name a folder"
                    + " by --home that this user can write to", e);
        }
        return new Home(path.toRealPath(), true);
    }

    /** Refuses a home that is not there. */
    void require() throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IOException("there is no home " + path + "; reclaim start --home " + path + " creates it");
        }
    }

    /** Where the log of a platform without a console goes, which outlives it; created if it is missing. */
    Path logFolder() throws IOException {
        return created(requireOwnFolder().resolve("log"));
    }

    /** The folder of the lock; created if it is missing. */
    Path createOwnFolder() throws IOException {
        return created(requireOwnFolder());
    }

    private Path created(Path folder) throws IOException {
        try {
            return Files.createDirectories(folder, OWNER_ONLY);
        } catch (IOException e) {
            throw new IOException("nowhere to write log and lock: can't create " + folder + " (" + e + ")"
                    + (named ? "" : "; name a folder for this instance by --home"), e);
        }
    }

    private Path requireOwnFolder() throws IOException {
        return ownFolder().orElseThrow(() ->
                new IOException("this user has no home folder; name one for this instance by --home"));
    }

    /** Where its log and its lock are; empty if nowhere, because none was named and the user has no home folder. */
    Optional<Path> ownFolder() {
        return named ? Optional.of(path) : stateFolder().map(state -> state.resolve("reclaim").resolve(key(path)));
    }

    /** One user may have several installations, of the same name too. */
    private static String key(Path installation) {
        var crc = new CRC32();
        crc.update(installation.toUri().getRawPath().getBytes(StandardCharsets.US_ASCII));
        var name = Optional.ofNullable(installation.getFileName()).map(Path::toString).orElse("");
        return name.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** The XDG base directory specification says where. */
    private static Optional<Path> stateFolder() {
        var state = System.getenv("XDG_STATE_HOME");
        if (state != null && state.startsWith("/")) {
            return Optional.of(Path.of(state));
        }
        return Optional.of(Path.of(System.getProperty("user.home"))).filter(Path::isAbsolute)
                .map(user -> user.resolve(".local").resolve("state"));
    }
}
