package org.reclaim.syscalls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class FileLocksTest {

    @TempDir
    private Path folder;

    @Test
    void aLockLastsUntilItsDescriptorIsClosed() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        int descriptor = FileLocks.tryLock(file, true).orElseThrow();

        assertThat(locksOn(file)).singleElement().asString().contains(" OFDLCK ADVISORY ", " WRITE ", " 0 EOF");
        assertThat(FileLocks.tryLock(file, true)).isEmpty();
        assertThat(FileLocks.tryLock(file, false)).isEmpty();
        assertThat(openDescriptorsOf(file)).isEqualTo(1);
        DescriptorCalls.close(descriptor);

        assertThat(locksOn(file)).isEmpty();
        assertThat(openDescriptorsOf(file)).isZero();
    }

    @Test
    void whoRemovesOldFilesPassesOverAFolderInUse() throws Exception {
        int descriptor = FileLocks.markInUse(folder);
        assertThat(locksOn(folder)).singleElement().asString().contains(" FLOCK  ADVISORY  READ ");
        int second = FileLocks.markInUse(folder);
        DescriptorCalls.close(descriptor);
        assertThat(locksOn(folder)).hasSize(1);
        DescriptorCalls.close(second);
        assertThat(locksOn(folder)).isEmpty();
    }

    @Test
    void noChildProcessInheritsIt() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        int descriptor = FileLocks.tryLock(file, false).orElseThrow();

        var flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor)).get(1);
        assertThat(Integer.parseInt(flags.split("\\s+")[1], 8) & 02000000).as(flags).isNotZero();

        DescriptorCalls.close(descriptor);
    }

    @Test
    void aNameWhoseBytesNoStringCanExpressIsFound() throws Exception {
        run("touch \"$(printf '\\377 %%41 x')\"");
        try (var files = Files.newDirectoryStream(folder)) {
            var file = files.iterator().next();
            assertThat(Path.of(file.toString())).as("what its string says").doesNotExist();

            DescriptorCalls.close(FileLocks.tryLock(file, true).orElseThrow());
        }
    }

    @Test
    void itDoesNotWaitForTheOtherEndOfAPipe() throws Exception {
        run("mkfifo pipe");
        var pipe = folder.resolve("pipe");

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThatThrownBy(() -> FileLocks.tryLock(pipe, true))
                .isInstanceOf(SystemCallException.class)
                .hasMessageEndingWith("(ENXIO, errno 6)"));
    }

    @Test
    void aFileThatIsNotThereIsNotMade() {
        var absent = folder.resolve("absent");

        assertThatThrownBy(() -> FileLocks.tryLock(absent, true))
                .isInstanceOf(SystemCallException.class)
                .hasMessageStartingWith("open " + absent + ": ")
                .hasMessageEndingWith("(ENOENT, errno 2)");
        assertThat(absent).doesNotExist();
    }

    private void run(String command) throws Exception {
        var process = new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    private static List<String> locksOn(Path file) throws IOException {
        var inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (var lines = Files.lines(Path.of("/proc/locks"))) {
            return lines.filter(line -> line.contains(inode)).toList();
        }
    }

    private static long openDescriptorsOf(Path file) throws IOException {
        long count = 0;
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors) {
                if (Files.exists(descriptor) && Files.isSameFile(descriptor, file)) {
                    count++;
                }
            }
        }
        return count;
    }
}
