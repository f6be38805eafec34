package org.reclaim.filedescriptors.internal;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.fd.LockMode;

@EnabledOnOs(OS.LINUX)
class FileLocksTest {

    @TempDir
    private Path folder;

    private Path file;
    private Platform reclaim;

    @BeforeEach
    void build() throws IOException {
        file = Files.createFile(folder.resolve("file"));
        reclaim = new Platform(folder);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void theEndOfTheProcessUnlocks() throws Exception {
        long pid = reclaim.start();
        var lock = reclaim.files().tryLock(pid, file, LockMode.EXCLUSIVE).orElseThrow().get();
        assertThat(lock.path()).isEqualTo(file);
        assertThat(lock.mode()).isEqualTo(LockMode.EXCLUSIVE);
        assertThat(Kernel.locksOn(file)).containsExactly("WRITE");

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);

        assertThat(Kernel.locksOn(file)).isEmpty();
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void aLockSurvivesThatSomebodyInThisJvmOpensAndClosesTheFile() throws Exception {
        reclaim.files().tryLock(reclaim.start(), file, LockMode.EXCLUSIVE);

        FileChannel.open(file, WRITE).close();
        reclaim.files().open(reclaim.start(), file, WRITE).close();

        assertThat(Kernel.locksOn(file)).containsExactly("WRITE");
    }

    @Test
    void anExclusiveLockExcludesAllOthersAlsoWithinAProcess() throws Exception {
        long pid = reclaim.start();
        var lock = reclaim.files().tryLock(pid, file, LockMode.EXCLUSIVE).orElseThrow();

        assertThat(reclaim.files().tryLock(pid, file, LockMode.EXCLUSIVE)).isEmpty();
        assertThat(reclaim.files().tryLock(reclaim.start(), file, LockMode.SHARED)).isEmpty();
        try (var channel = FileChannel.open(file, WRITE)) {
            assertThat(channel.tryLock()).isNull();
        }
        assertThat(Kernel.openBelow(folder)).hasSize(1);

        lock.close();
        assertThat(reclaim.files().tryLock(reclaim.start(), file, LockMode.EXCLUSIVE)).isPresent();
    }

    @Test
    void sharedLocksExcludeExclusiveOnesOnly() throws Exception {
        long pid = reclaim.start();

        assertThat(reclaim.files().tryLock(pid, file, LockMode.SHARED)).isPresent();
        assertThat(reclaim.files().tryLock(pid, file, LockMode.SHARED)).isPresent();
        assertThat(reclaim.files().tryLock(pid, file, LockMode.EXCLUSIVE)).isEmpty();
        assertThat(Kernel.locksOn(file)).containsExactly("READ", "READ");
        assertThat(reclaim.endFiles(pid).stats().resourcesFreed()).isEqualTo(2);
        assertThat(Kernel.locksOn(file)).isEmpty();
    }

    @Test
    void aFileThatCannotBeLockedIsNamedWithTheReason() throws Exception {
        long pid = reclaim.start();
        var absent = folder.resolve("absent");

        assertThatThrownBy(() -> reclaim.files().tryLock(pid, absent, LockMode.SHARED))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("open " + absent + ": ")
                .hasMessageEndingWith("(ENOENT, errno 2)");
        assertThatThrownBy(() -> reclaim.files().tryLock(pid, folder, LockMode.EXCLUSIVE))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("(EISDIR, errno 21)");
        assertThat(absent).doesNotExist();
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aPathOfAnotherFileSystemIsRefused() throws Exception {
        long pid = reclaim.start();
        var archive = URI.create("jar:" + folder.resolve("archive.zip").toUri());
        try (var zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            var inside = Files.createFile(zip.getPath("/inside"));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reclaim.files().tryLock(pid, inside, LockMode.SHARED))
                    .withMessageContaining("must be of the default file system");
        }
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aLockIsShownByItsModeAndPath() throws Exception {
        long pid = reclaim.start();
        reclaim.files().tryLock(pid, file, LockMode.SHARED);

        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactly("SHARED lock on " + file);
    }
}
