package org.reclaim.filedescriptors.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.TypeOutcome.Status;

class TemporaryFilesTest {

    @TempDir
    private Path folder;

    private Path temporary;
    private Platform reclaim;

    @BeforeEach
    void build() {
        temporary = folder.resolve("tmp");
        reclaim = new Platform(temporary);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void aTemporaryFileIsPrivateAndGoesWithItsProcess() throws Exception {
        long pid = reclaim.start();
        var file = reclaim.files().createTemporaryFile(pid, "pre-", ".txt").get();

        file.channel().write(ByteBuffer.wrap("content".getBytes()));
        assertThat(file.path()).hasParent(temporary).hasContent("content");
        assertThat(file.path().getFileName().toString()).matches("pre-[0-9a-f]{16}\\.txt");
        assertThat(mode(file.path())).isEqualTo("rw-------");
        assertThat(mode(temporary)).isEqualTo("rwx------");

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);

        assertThat(temporary).isEmptyDirectory();
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void aTemporaryFolderIsPrivateAndGoesWithItsProcessAndAllThatIsInIt() throws Exception {
        long pid = reclaim.start();
        var made = reclaim.files().createTemporaryDirectory(pid, "run-").get().path();
        assertThat(made).hasParent(temporary);
        assertThat(made.getFileName().toString()).matches("run-[0-9a-f]{16}");
        assertThat(mode(made)).isEqualTo("rwx------");
        Files.createDirectories(made.resolve("a/b/c"));
        Files.createFile(made.resolve("a/b/file"));

        var outcome = reclaim.endFiles(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(temporary).isEmptyDirectory();
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void closingTheHandleDeletesAtOnce() throws Exception {
        long pid = reclaim.start();
        var file = reclaim.files().createTemporaryFile(pid, "", "");
        var made = reclaim.files().createTemporaryDirectory(pid, "");
        Files.createFile(made.get().path().resolve("file"));

        file.close();
        made.close();

        assertThat(temporary).isEmptyDirectory();
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void whatItsUserDeletedOrClosedHimselfIsNoFailure() throws Exception {
        long pid = reclaim.start();
        var file = reclaim.files().createTemporaryFile(pid, "", "").get();
        file.channel().close();
        Files.delete(file.path());
        Files.delete(reclaim.files().createTemporaryDirectory(pid, "").get().path());

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);
    }

    @Test
    void aFileThatWasMovedOntoATemporaryOneIsTheTemporaryOne() throws Exception {
        long pid = reclaim.start();
        var file = reclaim.files().createTemporaryFile(pid, "", "").get().path();
        var written = Files.createFile(folder.resolve("written"));
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void whatCannotBeDeletedIsStillHeldAndDeletedLater() throws Exception {
        long pid = reclaim.start();
        var file = reclaim.files().createTemporaryFile(pid, "", "").get().path();
        var inTheWay = makeUndeletable(file);

        var outcome = reclaim.endFiles(pid);

        assertThat(outcome.status()).isEqualTo(Status.FAILED);
        assertThat(outcome.detail()).contains(file.toString());
        Files.delete(inTheWay);
        await().until(() -> !Files.exists(file));
        await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
    }

    @Test
    void whoClosesWhatCannotBeDeletedIsToldSo() throws Exception {
        long pid = reclaim.start();
        var handle = reclaim.files().createTemporaryFile(pid, "", "");
        var file = handle.get().path();
        var inTheWay = makeUndeletable(file);

        assertThatThrownBy(handle::close)
                .isInstanceOf(ReleaseFailedException.class)
                .hasMessageContaining(file.toString());

        Files.delete(inTheWay);
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "a/b", "../x", "a\0b", "a b", "ä", "*",
        "12345678901234567890123456789012345678901234567890123456789012345"})
    void whatIsNoPartOfAFileNameIsRefused(String affix) {
        long pid = reclaim.start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.files().createTemporaryFile(pid, affix, ""))
                .withMessageStartingWith("prefix must be at most 64 ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.files().createTemporaryFile(pid, "", affix))
                .withMessageStartingWith("suffix ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.files().createTemporaryDirectory(pid, affix))
                .withMessageStartingWith("prefix ");
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(temporary).doesNotExist();
    }

    @Test
    void aTemporaryFolderThatIsNoFolderIsAnIoException() throws Exception {
        Files.createFile(temporary);
        long pid = reclaim.start();

        assertThatThrownBy(() -> reclaim.files().createTemporaryFile(pid, "", "")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> reclaim.files().createTemporaryDirectory(pid, "")).isInstanceOf(IOException.class);
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void theRuntimeFolderOfThePlatformIsPreferredToThatOfTheJvm() throws Exception {
        var runtime = Map.of("reclaim.runtime.dir", folder.toString());

        assertThat(TemporaryFolder.configured(runtime::get).createDirectory("").path()).hasParent(temporary);
        var elsewhere = TemporaryFolder.configured(Map.<String, String>of()::get).createDirectory("").path();
        Files.delete(elsewhere);
        assertThat(elsewhere.getParent()).isEqualTo(Path.of(System.getProperty("java.io.tmpdir")));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Puts a folder that is not empty where the file was, and answers what has to go first. */
    private static Path makeUndeletable(Path file) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        return Files.createFile(file.resolve("in-the-way"));
    }
}
