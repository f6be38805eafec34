package org.reclaim.filedescriptors.internal;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.fd.LockMode;

/** All ways to acquire: refused at once or when the process has ended meanwhile, at a chosen moment and by force. */
class AcquireWhileEndingTest {

    private static final int THREADS = 4;
    private static final int ENOUGH = 100;
    private static final int ROUNDS = 30;

    /** One way. */
    enum Way {
        OPEN {
            @Override
            ResourceHandle<?> acquire(FdManager files, long pid, Path folder) throws Exception {
                return files.open(pid, folder.resolve(UUID.randomUUID().toString()), CREATE_NEW, WRITE);
            }
        },
        TEMPORARY_FILE {
            @Override
            ResourceHandle<?> acquire(FdManager files, long pid, Path folder) throws Exception {
                return files.createTemporaryFile(pid, "race-", "");
            }
        },
        TEMPORARY_DIRECTORY {
            @Override
            ResourceHandle<?> acquire(FdManager files, long pid, Path folder) throws Exception {
                return files.createTemporaryDirectory(pid, "race-");
            }
        },
        LOCK {
            @Override
            ResourceHandle<?> acquire(FdManager files, long pid, Path folder) throws Exception {
                return files.tryLock(pid, folder.resolve("lock"), LockMode.SHARED).orElseThrow();
            }
        };

        abstract ResourceHandle<?> acquire(FdManager files, long pid, Path folder) throws Exception;
    }

    @TempDir
    private Path folder;

    private Path lock;

    @BeforeEach
    void makeLock() throws Exception {
        lock = Files.createFile(folder.resolve("lock"));
    }

    @ParameterizedTest
    @EnumSource
    void unknownAndEndedProcessesGetNothingAndLeaveNothing(Way way) throws Exception {
        try (var reclaim = new Platform(folder)) {
            long ended = reclaim.start();
            reclaim.end(ended);

            assertThatThrownBy(() -> way.acquire(reclaim.files(), ended + 1, folder))
                    .isInstanceOf(NoSuchProcessException.class);
            assertThatThrownBy(() -> way.acquire(reclaim.files(), ended, folder))
                    .isInstanceOf(ProcessEndedException.class);

            assertThat(Kernel.openBelow(folder)).isEmpty();
            assertThat(folder).isDirectoryNotContaining(path -> !path.equals(lock));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesTooLateIsRefusedAndLeavesNothing(Way way) throws Exception {
        var end = new AtomicReference<Runnable>();
        try (var reclaim = new Platform(folder, () -> end.get().run())) {
            long pid = reclaim.start();
            end.set(() -> reclaim.end(pid));

            assertThatThrownBy(() -> way.acquire(reclaim.files(), pid, folder))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertThat(Kernel.openBelow(folder)).isEmpty();
            assertThat(folder).isDirectoryNotContaining(path -> !path.equals(lock));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAcquisitionIsFreedOrRefused(Way way) throws Exception {
        try (var reclaim = new Platform(folder); var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                long pid = reclaim.start();
                var running = new CountDownLatch(THREADS);
                var ended = new CountDownLatch(1);
                Callable<Integer> acquiring = () -> acquireUntilRefused(reclaim.files(), way, pid, running, ended);
                var acquired = new ArrayList<Future<Integer>>();
                for (int i = 0; i < THREADS; i++) {
                    acquired.add(threads.submit(acquiring));
                }
                running.await();

                TypeOutcome outcome;
                try {
                    outcome = reclaim.endFiles(pid);
                } finally {
                    ended.countDown();
                }

                int count = 0;
                for (var each : acquired) {
                    count += each.get();
                }
                assertThat(outcome.status()).as("%s", outcome).isEqualTo(Status.FREED);
                assertThat(outcome.stats().resourcesFreed()).isEqualTo(count);
                assertThat(Kernel.openBelow(folder)).isEmpty();
                // What was opened stays, temporary or refused files do not.
                assertThat(deleteFiles()).isEqualTo(way == Way.OPEN ? count : 0);
            }
        }
    }

    private int acquireUntilRefused(
            FdManager files, Way way, long pid, CountDownLatch running, CountDownLatch ended) throws Exception {
        int acquired = 0;
        try {
            while (true) {
                way.acquire(files, pid, folder);
                acquired++;
                if (acquired == 2) {
                    running.countDown();
                } else if (acquired == ENOUGH) {
                    ended.await(); // descriptors are limited
                }
            }
        } catch (ProcessEndedException refused) {
            return acquired;
        }
    }

    private int deleteFiles() throws Exception {
        int deleted = 0;
        try (var paths = Files.newDirectoryStream(folder, path -> !path.equals(lock))) {
            for (var path : paths) {
                Files.delete(path);
                deleted++;
            }
        }
        return deleted;
    }
}
