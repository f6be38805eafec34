package org.reclaim.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeFoldersTest {
    @TempDir
    private Path temp;

    private Path folder;
    private long uid;

    @BeforeEach
    void create() throws IOException {
        folder = Files.createDirectory(temp.resolve("runtime"), RuntimeFolders.CREATE_OWNER_ONLY);
        uid = RuntimeFolders.ownUid(temp);
    }

    @Test
    void theFolderOfASessionIsItsUsersAndForNobodyElse() throws IOException {
        assertThat(RuntimeFolders.isPrivateTo(uid, folder)).isTrue();
        assertThat(RuntimeFolders.isPrivateTo(uid, Files.createSymbolicLink(temp.resolve("link"), folder))).isTrue();
    }

    @Test
    void theFolderOfSomebodyElseIsPassedOverAlsoByRoot() throws IOException {
        assertThat(RuntimeFolders.isPrivateTo(uid + 1, folder)).isFalse();
    }

    @Test
    void aFolderThatOthersCanEnterIsPassedOver() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(RuntimeFolders.isPrivateTo(uid, folder)).isFalse();
    }

    @Test
    void whatIsNoFolderOrNotThereIsPassedOver() throws IOException {
        assertThat(RuntimeFolders.isPrivateTo(uid, Files.createFile(temp.resolve("file")))).isFalse();
        assertThat(RuntimeFolders.isPrivateTo(uid, temp.resolve("nowhere"))).isFalse();
    }
}
