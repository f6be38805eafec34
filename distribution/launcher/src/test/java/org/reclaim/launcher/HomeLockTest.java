package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locks are a matter between JVMs, so the other side of each test is a JVM of its own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HomeLockTest {
    private final OtherJvms others = new OtherJvms();

    @TempDir
    private Path temp;

    private Home home;
    private Path lock;

    /** A platform: prints the path of its runtime folder, and serves the home until its input ends. */
    static final class Platform {
        private Platform() {
        }

        public static void main(String[] args) throws IOException {
            var home = new Home(Path.of(args[0]), true);
            var parent = Path.of(args[1]);
            try (var folder = RuntimeFolder.createBelow(parent, parent, Optional.of(home))) {
                System.out.println(folder.path());
                System.in.read();
            }
        }
    }

    /** Many platforms, one after the other; prints how many of them were refused. */
    static final class Platforms {
        private static final int COUNT = 1_000;

        private Platforms() {
        }

        public static void main(String[] args) throws IOException {
            var home = new Home(Path.of(args[0]), true);
            int refused = 0;
            for (int i = 0; i < COUNT; i++) {
                try {
                    HomeLock.take(home, Path.of(args[1])).close();
                } catch (IOException e) {
                    refused++;
                }
            }
            System.out.println(refused);
        }
    }

    /** Looks for the platform until its input ends; prints how often it was told nonsense. */
    static final class Looker {
        private Looker() {
        }

        public static void main(String[] args) throws IOException {
            var home = new Home(Path.of(args[0]), true);
            System.out.println("looking");
            int wrong = 0;
            while (System.in.available() == 0) {
                try {
                    var found = HomeLock.find(home);
                    if (found.isPresent() && !found.get().equals(Path.of(args[1]))) {
                        wrong++;
                    }
                } catch (IOException e) {
                    wrong++;
                }
            }
            System.out.println(wrong);
        }
    }

    @BeforeEach
    void create() throws IOException {
        home = new Home(temp.toRealPath().resolve("a home"), true);
        Files.createDirectory(home.path());
        lock = home.path().resolve("platform.lock");
    }

    @AfterEach
    void endOthers() {
        others.close();
    }

    @Test
    void aPlatformIsFoundWhereverItsRuntimeFolderIsAsLongAsItLives() throws Exception {
        assertThat(HomeLock.find(home)).isEmpty();
        assertThat(lock).doesNotExist();
        for (var place : List.of("one place", "another")) {
            var process = start(place);
            var folder = folderOf(process);

            assertThat(HomeLock.find(home)).contains(folder);
            assertThat(RunningPlatform.of(home)).contains(new RunningPlatform(folder));
            assertThat(HomeLock.find(new Home(home.path().getParent(), true))).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock))).isEqualTo("rw-------");

            process.destroyForcibly().waitFor();
            assertThat(lock).as("what a killed one left").isNotEmptyFile();
            assertThat(HomeLock.find(home)).isEmpty();
        }
    }

    @Test
    void aSecondPlatformIsRefusedWhereverItsRuntimeFolderWouldBe() throws Exception {
        var process = start("one place");
        folderOf(process);
        var elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        var refusal = "a platform of " + home.path() + " is running already: process " + process.pid();

        assertThatIOException().isThrownBy(() -> HomeLock.refuseSecond(home)).withMessageStartingWith(refusal);
        assertThatIOException()
                .isThrownBy(() -> RuntimeFolder.createBelow(elsewhere, elsewhere, Optional.of(home)))
                .withMessageStartingWith(refusal);

        assertThat(RuntimeFolders.base(elsewhere)).as("nothing is left").isDirectoryNotContaining(Files::isDirectory);
        process.getOutputStream().close();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        RuntimeFolder.createBelow(elsewhere, elsewhere, Optional.of(home)).close();
    }

    @Test
    void whoLooksIsNeitherInTheWayNorToldHalfAFile() throws Exception {
        var folder = Files.createDirectories(
                temp.toRealPath().resolve("private").resolve("folder"), RuntimeFolders.CREATE_OWNER_ONLY);
        var lookers = List.of(
                others.start(Looker.class, home.path(), folder), others.start(Looker.class, home.path(), folder));
        for (var looker : lookers) {
            assertThat(looker.inputReader().readLine()).isEqualTo("looking");
        }

        var platforms = others.start(Platforms.class, home.path(), folder);

        assertThat(platforms.inputReader().readLine()).as("refused").isEqualTo("0");
        for (var looker : lookers) {
            looker.outputWriter().append('x').flush();
            assertThat(looker.inputReader().readLine()).as("nonsense").isEqualTo("0");
        }
    }

    @Test
    void aPlatformOfSomebodyElseIsNotTalkedTo() throws Exception {
        var folder = folderOf(start("one place"));
        Files.setPosixFilePermissions(folder.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatIOException().isThrownBy(() -> HomeLock.find(home))
                .withMessageStartingWith("a platform of " + home.path() + " is running, but not within reach")
                .withMessageContaining(folder.toString());
    }

    @Test
    void neitherALinkNorAPipeIsFollowed() throws Exception {
        var precious = Files.writeString(temp.resolve("precious"), "content");
        Files.createSymbolicLink(lock, precious);
        assertThatIOException().isThrownBy(() -> HomeLock.find(home)).withMessageStartingWith(lock + " is no regular");
        assertThatIOException().isThrownBy(this::take).withMessageStartingWith(lock + " is no regular");
        assertThat(precious).hasContent("content");

        Files.delete(lock);
        assertThat(new ProcessBuilder("mkfifo", lock.toString()).start().waitFor()).isZero();
        assertThatIOException().isThrownBy(() -> HomeLock.find(home)).withMessageStartingWith(lock + " is no regular");
        assertThatIOException().isThrownBy(this::take).withMessageStartingWith(lock + " is no regular");
    }

    /** In the file systems of the kernel even root can create nothing. */
    @Test
    void aHomeThatCannotBeWrittenToIsNamed() {
        var readOnly = new Home(Path.of("/proc/self"), true);

        assertThatIOException().isThrownBy(() -> HomeLock.take(readOnly, temp))
                .withMessageStartingWith("the platform keeps a lock on /proc/self/platform.lock, and can't: ")
                .withMessageEndingWith("a home must be a folder that this user can write to, name one by --home");
        assertThatIOException().isThrownBy(readOnly::create)
                .withMessageStartingWith("the home /proc/self lacks folders that can't be created");
    }

    private void take() throws IOException {
        HomeLock.take(home, temp).close();
    }

    private Process start(String place) throws IOException {
        return others.start(Platform.class, home.path(), Files.createDirectories(temp.resolve(place)));
    }

    private static Path folderOf(Process platform) throws IOException {
        return Path.of(platform.inputReader().readLine());
    }
}
