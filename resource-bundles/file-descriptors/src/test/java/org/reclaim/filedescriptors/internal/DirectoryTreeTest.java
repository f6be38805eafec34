package org.reclaim.filedescriptors.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTreeTest {

    @TempDir
    private Path folder;

    private Path tree;

    @BeforeEach
    void make() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
    }

    @Test
    void deletesFilesFoldersAndLinks() throws Exception {
        fill(tree, 3);

        DirectoryTree.delete(tree);

        assertThat(folder).isEmptyDirectory();
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void leavesAloneWhatLinksLeadTo() throws Exception {
        var other = Files.createDirectory(folder.resolve("other"));
        var kept = Files.writeString(other.resolve("kept"), "kept");
        Files.createSymbolicLink(tree.resolve("folder"), other);
        Files.createSymbolicLink(tree.resolve("file"), kept);
        Files.createLink(tree.resolve("hard"), kept);

        DirectoryTree.delete(tree);

        assertThat(tree).doesNotExist();
        assertThat(kept).hasContent("kept");
    }

    @Test
    void deletesALinkThatHasTakenThePlaceOfTheFolder() throws Exception {
        var other = Files.createDirectory(folder.resolve("other"));
        Files.createFile(other.resolve("kept"));
        Files.delete(tree);
        Files.createSymbolicLink(tree, other);

        DirectoryTree.delete(tree);

        assertThat(Files.isSymbolicLink(tree)).isFalse();
        assertThat(other.resolve("kept")).exists();
    }

    @Test
    void deletesATreeThatIsDeeperThanAnyPathIsLong() throws Exception {
        var deep = folder.resolve("deep");
        for (int level = 0; level < 1500; level++) {
            var above = Files.createDirectory(folder.resolve("above"));
            Files.createFile(above.resolve("file"));
            if (level > 0) {
                Files.move(deep, above.resolve("deep"));
            }
            Files.move(above, deep);
        }
        Files.move(deep, tree.resolve("deep"));

        DirectoryTree.delete(tree);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void doesNothingWhereNothingIs() throws Exception {
        DirectoryTree.delete(folder.resolve("absent"));
        DirectoryTree.delete(folder.resolve("absent").resolve("below"));

        assertThat(tree).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"---------", "-w-------", "r--------", "r-x------", "rw-------"})
    void deletesWhatItsOwnerHasLockedHimselfOutOf(String mode) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        var own = folder.resolve("own");

        Unprivileged.call(() -> {
            for (var path : new Path[] {own, own.resolve("a"), own.resolve("a/b"), own.resolve("a/c")}) {
                Files.createDirectory(path);
                Files.createFile(path.resolve("file"));
            }
            for (var path : new Path[] {own.resolve("a/b"), own.resolve("a/c"), own.resolve("a"), own}) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            }
            assertThatThrownBy(() -> Files.delete(own.resolve("a/b/file"))).isInstanceOf(IOException.class);

            DirectoryTree.delete(own);
            return own;
        });

        assertThat(own).doesNotExist();
    }

    @Test
    void deletesWhatOthersAddMeanwhile() throws Exception {
        fill(tree, 2);
        var adding = new CountDownLatch(1);
        var added = CompletableFuture.supplyAsync(() -> addUntilTheFolderIsGone(tree, adding));
        adding.await();

        DirectoryTree.delete(tree);

        assertThat(added.get()).isPositive();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysWhatItCouldNotDeleteAndDeletesTheRest() throws Exception {
        fill(tree, 2);
        var mounted = Files.createDirectories(tree.resolve("x/mounted"));
        assumeTrue(run("mount", "-t", "tmpfs", "reclaim-test", mounted.toString()) == 0, "mounting is not allowed");
        try {
            Files.createFile(mounted.resolve("kept"));

            assertThatThrownBy(() -> DirectoryTree.delete(tree))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(tree + " could not be deleted; the first of 1 failures: " + tree)
                    .hasMessageContaining("/mounted: ");

            try (var left = Files.walk(tree)) {
                assertThat(left.filter(Files::isRegularFile))
                        .singleElement()
                        .satisfies(file -> assertThat(file).hasFileName("kept"));
            }
        } finally {
            run("umount", "reclaim-test");
        }
        DirectoryTree.delete(tree);
        assertThat(folder).isEmptyDirectory();
    }

    private static void fill(Path folder, int depth) throws IOException {
        Files.createFile(folder.resolve("file"));
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("circle"), folder);
        for (int i = 0; depth > 0 && i < 3; i++) {
            fill(Files.createDirectory(folder.resolve("folder" + i)), depth - 1);
        }
    }

    private static int addUntilTheFolderIsGone(Path folder, CountDownLatch adding) {
        int added = 0;
        try {
            while (true) {
                Files.createDirectory(folder.resolve("folder0/more" + added));
                added++;
                adding.countDown();
            }
        } catch (NoSuchFileException e) {
            return added;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
