package org.reclaim.sockets.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;

class UnixListenerTest {

    @TempDir
    private Path folder;

    private Path path;
    private Map<Integer, String> before;
    private Platform reclaim;

    @BeforeEach
    void build() throws IOException {
        path = folder.resolve("socket");
        reclaim = new Platform();
        before = Kernel.baseline();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void itIsPrivateAndItsPathGoesWithItsProcess() throws Exception {
        long pid = reclaim.start();
        var listener = reclaim.sockets().listenUnix(pid, path, 5).get();
        assertThat(listener.path()).isEqualTo(path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
        assertThat(Kernel.hasUnix(path)).isTrue();
        var client = reclaim.sockets().openStream(pid, StandardProtocolFamily.UNIX).get();
        client.connect(UnixDomainSocketAddress.of(path));
        var accepted = reclaim.sockets().adopt(pid, listener.channel().accept()).get();
        client.write(ByteBuffer.wrap(new byte[3]));
        assertThat(accepted.read(ByteBuffer.allocate(10))).isEqualTo(3);
        assertThat(reclaim.processes().inventory().resources(pid))
                .extracting(ResourceInfo::label)
                .containsExactlyInAnyOrder(
                        "unix listener " + path, "UNIX stream, opened unconnected", "stream " + path + " -> unnamed");

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);

        assertThat(folder).isEmptyDirectory();
        assertThat(Kernel.hasUnix(path)).isFalse();
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void aPathThatExistsIsRefusedAndLeftAlone() throws Exception {
        long pid = reclaim.start();
        Files.writeString(path, "somebody's");

        assertThatThrownBy(() -> reclaim.sockets().listenUnix(pid, path, 5))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(path.toString());
        assertThat(path).hasContent("somebody's");
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void theListenerOfAnotherProcessIsLeftAlone() throws Exception {
        long other = reclaim.start();
        reclaim.sockets().listenUnix(other, path, 5);
        long pid = reclaim.start();

        assertThatThrownBy(() -> reclaim.sockets().listenUnix(pid, path, 5)).isInstanceOf(BindException.class);
        reclaim.end(pid);

        assertThat(path).exists();
        reclaim.end(other);
        assertThat(path).doesNotExist();
    }

    @Test
    void whatSomebodyElseHasPutInItsPlaceIsLeftAlone() throws Exception {
        long pid = reclaim.start();
        reclaim.sockets().listenUnix(pid, path, 5);
        Files.delete(path);
        Files.writeString(path, "somebody's");

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);

        assertThat(path).hasContent("somebody's");
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void anotherSocketThatGotTheSameInodeIsLeftAlone() throws Exception {
        long pid = reclaim.start();
        var closed = reclaim.sockets().listenUnix(pid, path, 5).get();
        var inode = Files.getAttribute(path, "unix:ino");
        closed.channel().close();
        Files.delete(path);
        long other = reclaim.start();
        // Not every file system uses inodes again so soon; then this is the test above.
        for (int i = 0; i < 20; i++) {
            var next = reclaim.sockets().listenUnix(other, path, 5);
            if (Files.getAttribute(path, "unix:ino").equals(inode)) {
                break;
            }
            if (i < 19) {
                next.close();
            }
        }

        reclaim.end(pid);

        assertThat(path).exists();
        reclaim.end(other);
        assertThat(path).doesNotExist();
    }

    @Test
    void aPathThatIsGoneIsNoFailure() throws Exception {
        long pid = reclaim.start();
        reclaim.sockets().listenUnix(pid, path, 5);
        Files.delete(path);

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void closingTheHandleUnlinksAlsoAfterItsUserClosedTheChannel() throws Exception {
        var handle = reclaim.sockets().listenUnix(reclaim.start(), path, 5);
        handle.get().channel().close();

        handle.close();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void pathsThatCannotBeAreRefused() throws Exception {
        long pid = reclaim.start();
        var tooLong = folder.resolve("x".repeat(107));
        var nowhere = folder.resolve("absent").resolve("socket");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.sockets().listenUnix(pid, tooLong, 5))
                .withMessageEndingWith("must have at most 106");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reclaim.sockets().listenUnix(pid, path, -1))
                .withMessage("backlog is -1, must be 0 or more");
        assertThatThrownBy(() -> reclaim.sockets().listenUnix(pid, nowhere, 5))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nowhere.toString());
        var archive = URI.create("jar:" + folder.resolve("archive.zip").toUri());
        try (var zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reclaim.sockets().listenUnix(pid, zip.getPath("/socket"), 5))
                    .withMessageEndingWith("must be of the default file system");
        }
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(folder).isDirectoryNotContaining(file -> !file.endsWith("archive.zip"));
        assertThat(Kernel.descriptors()).isEqualTo(before);
    }

    @Test
    void aPathOfTheFullLengthIsTaken() throws Exception {
        long pid = reclaim.start();
        var full = folder.resolve("x".repeat(106 - folder.toString().length() - 1));

        reclaim.sockets().listenUnix(pid, full, 5);

        assertThat(Kernel.hasUnix(full)).isTrue();
        reclaim.end(pid);
        assertThat(folder).isEmptyDirectory();
    }
}
