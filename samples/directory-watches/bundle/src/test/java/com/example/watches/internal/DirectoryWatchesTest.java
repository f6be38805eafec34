package com.example.watches.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.watches.DirectoryWatchManager;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessSpec;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** On the real platform and the real file system. */
class DirectoryWatchesTest {

    private static final int SECONDS = 30;

    private final EmbeddedProcessManager reclaim = ProcessManagers.builder().build();
    private final DirectoryWatchManager watches = reclaim.manager(DirectoryWatchManager.class);
    private long pid;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() {
        pid = reclaim.start(ProcessSpec.logical("watcher")).pid();
    }

    @AfterEach
    void stop() {
        reclaim.close();
    }

    @Test
    void aWatchTellsWhatHappensInItsDirectory() throws Exception {
        var watch = watches.watch(pid, directory).get();

        Files.createFile(directory.resolve("new"));

        var key = watch.poll(SECONDS, TimeUnit.SECONDS);
        assertNotNull(key);
        assertEquals(Path.of("new"), key.pollEvents().getFirst().context());
    }

    @Test
    void theEndOfTheProcessEndsItsWatchesAndWakesWhoWaits() throws Exception {
        var watch = watches.watch(pid, directory).get();
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return watch.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        var end = reclaim.terminate(pid);

        assertTrue(end.cleanup().isSuccess(), end.toString());
        assertEquals(1, end.cleanup().stats().byType().get("directory_watches"));
        var failure = assertThrows(ExecutionException.class, () -> waiting.get(SECONDS, TimeUnit.SECONDS));
        assertInstanceOf(ClosedWatchServiceException.class, failure.getCause());
    }

    @Test
    void closingTheHandleEndsOneWatchEarly() throws Exception {
        var first = watches.watch(pid, directory);
        watches.watch(pid, directory);
        var watch = first.get();

        first.close();

        assertThrows(ClosedWatchServiceException.class, watch::poll);
        assertEquals(1, reclaim.terminate(pid).cleanup().stats().resourcesFreed());
    }

    @Test
    void whatIsRefusedHoldsNothing() throws Exception {
        var file = Files.createFile(directory.resolve("file"));

        assertThrows(NotDirectoryException.class, () -> watches.watch(pid, file));

        assertEquals(0, reclaim.terminate(pid).cleanup().stats().resourcesFreed());
        assertThrows(ProcessEndedException.class, () -> watches.watch(pid, directory));
    }
}
