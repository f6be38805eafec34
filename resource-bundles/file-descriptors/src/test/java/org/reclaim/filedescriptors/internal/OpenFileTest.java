package org.reclaim.filedescriptors.internal;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;

class OpenFileTest {

    @TempDir
    private Path folder;

    private Platform reclaim;

    @BeforeEach
    void build() {
        reclaim = new Platform(folder);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void theEndOfTheProcessClosesItsFilesAndLeavesWhatIsInThem() throws Exception {
        long pid = reclaim.start();
        var channels = new FileChannel[10];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = reclaim.files().open(pid, folder.resolve("file" + i), CREATE_NEW, READ, WRITE).get();
            channels[i].write(ByteBuffer.wrap("content".getBytes()));
        }
        assertThat(Kernel.openBelow(folder)).hasSize(channels.length);

        var outcome = reclaim.endFiles(pid);

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(channels.length);
        assertThat(Kernel.openBelow(folder)).isEmpty();
        assertThat(channels).noneMatch(FileChannel::isOpen);
        assertThat(folder.resolve("file9")).hasContent("content");
    }

    @Test
    void closingTheHandleClosesTheFileAtOnceAndOnce() throws Exception {
        long pid = reclaim.start();
        var handle = reclaim.files().open(pid, folder.resolve("file"), CREATE_NEW, WRITE);

        handle.close();
        handle.close();

        assertThat(Kernel.openBelow(folder)).isEmpty();
        assertThatThrownBy(handle::get).isInstanceOf(IllegalStateException.class);
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aFileThatItsUserClosedHimselfIsNoFailure() throws Exception {
        long pid = reclaim.start();
        reclaim.files().open(pid, folder.resolve("file"), CREATE_NEW, WRITE).get().close();

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);
    }

    @Test
    void anOpenFileIsShownByItsPath() throws Exception {
        long pid = reclaim.start();
        reclaim.files().open(pid, folder.resolve("file"), CREATE_NEW, WRITE);

        assertThat(reclaim.processes().inventory().resources(pid))
                .containsExactly(new ResourceInfo(
                        "file_descriptors", folder.resolve("file").toString(), 0, ResourceInfo.State.LIVE));
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        long pid = reclaim.start();
        var absent = folder.resolve("absent");

        assertThatThrownBy(() -> reclaim.files().open(pid, absent, READ))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(absent.toString());
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() throws Exception {
        long pid = reclaim.start();
        var file = Files.createFile(folder.resolve("file"));

        assertThatIllegalArgumentException().isThrownBy(() -> reclaim.files().open(pid, file, READ, APPEND));
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void whatWasOpenedWhileTheProcessEndedIsRefusedAndClosed() throws Exception {
        var pipe = namedPipe();
        long pid = reclaim.start();
        // Opening a pipe waits for its other end: so the process ends between reservation and tracking.
        var opening = CompletableFuture.supplyAsync(() -> {
            try {
                return reclaim.files().open(pid, pipe, READ);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        awaitThread("open");
        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(opening).isNotDone();

        FileChannel.open(pipe, WRITE).close();

        assertThatThrownBy(opening::get).hasRootCauseInstanceOf(ProcessEndedException.class);
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    @Test
    void aThreadThatWaitsForDataIsWoken() throws Exception {
        var pipe = namedPipe();
        long pid = reclaim.start();
        var channel = reclaim.files().open(pid, pipe, READ, WRITE).get();
        var reading = CompletableFuture.supplyAsync(() -> {
            try {
                return channel.read(ByteBuffer.allocateDirect(1));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        awaitThread("read");

        assertThat(reclaim.endFiles(pid).status()).isEqualTo(Status.FREED);

        assertThatThrownBy(reading::get).hasRootCauseInstanceOf(AsynchronousCloseException.class);
        assertThat(Kernel.openBelow(folder)).isEmpty();
    }

    private Path namedPipe() throws Exception {
        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        return pipe;
    }

    /** Waits until some thread is within a native method whose name begins like that. */
    private static void awaitThread(String nativeMethod) {
        await().until(() -> Thread.getAllStackTraces().values().stream()
                .anyMatch(stack -> stack.length > 0
                        && stack[0].isNativeMethod()
                        && stack[0].getClassName().startsWith("sun.nio.")
                        && stack[0].getMethodName().startsWith(nativeMethod)));
    }
}
