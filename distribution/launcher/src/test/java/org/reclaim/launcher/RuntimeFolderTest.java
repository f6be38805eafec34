package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locks are a matter between JVMs, so the other side of each test is a JVM of its own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeFolderTest {
    private final List<Process> others = new ArrayList<>();

    @TempDir
    private Path parent;

    /** The other JVM: prints the path of its folder, and keeps it until its input ends. */
    static final class Other {
        private Other() {
        }

        public static void main(String[] args) throws IOException {
            try (var folder = RuntimeFolder.createBelow(Path.of(args[0]))) {
                System.out.println(folder.path());
                System.in.read();
            }
        }
    }

    @AfterEach
    void endOthers() {
        others.forEach(Process::destroyForcibly);
    }

    @Test
    void isPrivateAndGoesWithAllThatIsInIt() throws IOException {
        Path path;
        try (var folder = RuntimeFolder.createBelow(parent)) {
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
        try (var folder = RuntimeFolder.createBelow(parent)) {
            Files.createSymbolicLink(folder.path().resolve("link"), precious.getParent());
        }
        assertThat(precious).exists();
    }

    @Test
    void leavesTheFolderOfALivingInstanceAlone() throws Exception {
        var other = folderOf(start());

        try (var mine = RuntimeFolder.createBelow(parent)) {
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

        RuntimeFolder.createBelow(parent).close();

        assertThat(other).doesNotExist();
    }

    @Test
    void removesWhatAKilledInstanceHadBegunToDelete() throws IOException {
        RuntimeFolder.createBelow(parent).close();
        var half = Files.createDirectory(base().resolve("half"));

        RuntimeFolder.createBelow(parent).close();

        assertThat(half).doesNotExist();
    }

    @Test
    void givesEachOfManyThatStartAtOnceItsOwn() throws Exception {
        for (int i = 0; i < 8; i++) {
            start();
        }
        var folders = new HashSet<Path>();
        for (var other : others) {
            var folder = folderOf(other);
            assertThat(folder).isDirectory();
            assertThat(folders.add(folder)).as("%s is new", folder).isTrue();
        }
        assertThat(folders).allSatisfy(folder -> assertThat(folder).isDirectory());

        for (var other : others) {
            other.getOutputStream().close();
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(folders).noneSatisfy(folder -> assertThat(folder).exists());
    }

    @Test
    void refusesALinkInPlaceOfTheCommonFolder() throws IOException {
        RuntimeFolder.createBelow(parent).close();
        var elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        var base = base();
        Trees.delete(base);
        Files.createSymbolicLink(base, elsewhere);

        assertThatIOException().isThrownBy(() -> RuntimeFolder.createBelow(parent))
                .withMessageContaining(base + " is no directory");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesACommonFolderThatOthersCanEnter() throws IOException {
        RuntimeFolder.createBelow(parent).close();
        Files.setPosixFilePermissions(base(), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatIOException().isThrownBy(() -> RuntimeFolder.createBelow(parent))
                .withMessageContaining("mode rwxr-xr-x, expected owner");
    }

    private Process start() throws IOException {
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                Other.class.getName(), parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        others.add(process);
        return process;
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
