package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.syscalls.SharedMemory;

/** Locks are a matter between JVMs, so the other side of each test is a JVM of its own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeFolderTest {
    private final OtherJvms others = new OtherJvms();

    @TempDir
    private Path parent;

    /** The other JVM: prints the path of its folder, and keeps it until its input ends. */
    static final class Other {
        private Other() {
        }

        public static void main(String[] args) throws IOException {
            try (var folder = RuntimeFolder.createBelow(Path.of(args[0]), Path.of(args[0]), Optional.empty())) {
                System.out.println(folder.path());
                System.in.read();
            }
        }
    }

    /** Looks many times whether an instance lives, and prints how often it was told so. */
    static final class Looker {
        private static final int LOOKS = 5_000;

        private Looker() {
        }

        public static void main(String[] args) throws IOException {
            int alive = 0;
            for (int i = 0; i < LOOKS; i++) {
                if (RuntimeFolder.isAlive(Path.of(args[0]))) {
                    alive++;
                }
            }
            System.out.println(alive);
        }
    }

    @AfterEach
    void endOthers() {
        others.close();
    }

    @Test
    void isPrivateAndGoesWithAllThatIsInIt() throws IOException {
        Path path;
        try (var folder = create()) {
            path = folder.path();
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(path.getParent())).isEqualTo("rwx------");
            var locked = Files.createDirectories(path.resolve("a/b"));
            Files.createFile(locked.resolve("c"));
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
        }
        assertThat(path).doesNotExist();
        assertThat(path.getParent()).isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void doesNotFollowLinksWhenItGoes() throws IOException {
        var precious = Files.createFile(Files.createDirectory(parent.resolve("precious")).resolve("file"));
        try (var folder = create()) {
            Files.createSymbolicLink(folder.path().resolve("link"), precious.getParent());
        }
        assertThat(precious).exists();
    }

    @Test
    void leavesTheFolderOfALivingInstanceAlone() throws Exception {
        var other = folderOf(start());

        try (var mine = create()) {
            assertThat(other).isDirectory().isNotEqualTo(mine.path());
        }

        assertThat(other).isDirectory();
    }

    @Test
    void removesTheFolderOfAKilledInstance() throws Exception {
        var process = start();
        var other = folderOf(process);
        Files.createFile(other.resolve("left behind"));
        process.destroyForcibly().waitFor();
        assertThat(other).isDirectory();

        create().close();

        assertThat(other).doesNotExist();
    }

    @Test
    void removesWhatAKilledInstanceHadBegunToDelete() throws IOException {
        create().close();
        var half = Files.createDirectory(base().resolve("half"));

        create().close();

        assertThat(half).doesNotExist();
    }

    @Test
    void givesEachOfManyThatStartAtOnceItsOwn() throws Exception {
        for (int i = 0; i < 8; i++) {
            start();
        }
        var folders = new HashSet<Path>();
        for (var other : others.all()) {
            var folder = folderOf(other);
            assertThat(folder).isDirectory();
            assertThat(folders.add(folder)).as("%s is new", folder).isTrue();
        }
        assertThat(folders).allSatisfy(folder -> assertThat(folder).isDirectory());

        for (var other : others.all()) {
            other.getOutputStream().close();
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(folders).noneSatisfy(folder -> assertThat(folder).exists());
    }

    @Test
    void thoseWhoLookAtOnceAllSeeThatItIsDead() throws Exception {
        var process = start();
        var other = folderOf(process);
        assertThat(RuntimeFolder.isAlive(other)).isTrue();
        assertThat(RuntimeFolder.pidOf(other)).isEqualTo(Long.toString(process.pid()));
        process.destroyForcibly().waitFor();
        assertThat(RuntimeFolder.isAlive(other)).isFalse();
        var lookers = List.of(others.start(Looker.class, other), others.start(Looker.class, other));

        for (var looker : lookers) {
            assertThat(looker.inputReader().readLine()).as("times that the dead was alive").isEqualTo("0");
        }
    }

    @Test
    void removesTheSharedMemoryThatAKilledInstanceLeft() throws Exception {
        var process = start();
        var other = folderOf(process);
        var prefix = SharedMemory.instancePrefix(Optional.of(other));
        assertThat(SharedNames.prefix(other)).isEqualTo(prefix);
        var left = Files.createFile(parent.resolve(prefix + "queue"));
        var folder = Files.createDirectory(parent.resolve(prefix + "folder"));
        var link = Files.createSymbolicLink(parent.resolve(prefix + "link"), left);
        var foreign = Files.createFile(parent.resolve(prefix.substring(0, prefix.length() - 1) + "1-queue"));

        create().close();
        assertThat(left).as("while it lives").exists();
        process.destroyForcibly().waitFor();
        create().close();

        assertThat(left).doesNotExist();
        assertThat(other).doesNotExist();
        assertThat(folder).isDirectory();
        assertThat(link).isSymbolicLink();
        assertThat(foreign).exists();
    }

    @Test
    void refusesALinkInPlaceOfTheCommonFolder() throws IOException {
        create().close();
        var elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        var base = base();
        Trees.delete(base);
        Files.createSymbolicLink(base, elsewhere);

        assertThatIOException().isThrownBy(() -> create())
                .withMessageContaining(base + " is no directory");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesACommonFolderThatOthersCanEnter() throws IOException {
        create().close();
        Files.setPosixFilePermissions(base(), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatIOException().isThrownBy(() -> create())
                .withMessageContaining("mode rwxr-xr-x, expected owner");
    }

    private RuntimeFolder create() throws IOException {
        return RuntimeFolder.createBelow(parent, parent, Optional.empty());
    }

    private Process start() throws IOException {
        return others.start(Other.class, parent);
    }

    private static Path folderOf(Process other) throws IOException {
        return Path.of(other.inputReader().readLine());
    }

    private Path base() throws IOException {
        try (var entries = Files.list(parent)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("reclaim-")).findFirst()
                    .orElseThrow();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
