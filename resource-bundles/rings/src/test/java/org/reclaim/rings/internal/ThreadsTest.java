package org.reclaim.rings.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.rings.internal.Platform.ECANCELED;
import static org.reclaim.rings.internal.Platform.LONG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.OperationQueue;

/** Many threads of both kinds on one instance, and threads that end or are interrupted. */
class ThreadsTest {

    private Platform reclaim;
    private long pid;
    private IoUring ring;

    @BeforeEach
    void open() throws IOException {
        reclaim = new Platform();
        pid = reclaim.start();
        ring = reclaim.ring(pid);
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @ParameterizedTest
    @CsvSource({"false, 100000", "true, 10000"})
    void twoSubmitAndOneReapsAndEachOperationCompletesOnce(boolean virtual, int count) throws Exception {
        var seen = new AtomicIntegerArray(2 * count);
        var room = new Semaphore(ring.entries());
        try (var threads = virtual
                ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            var submitters = new ArrayList<Future<Void>>();
            for (int i = 0; i < 2; i++) {
                int first = i * count;
                submitters.add(threads.submit(() -> submitNops(first, count, room)));
            }
            var reaper = threads.submit(() -> {
                int told = 0;
                while (told < 2 * count) {
                    told += ring.await(1, LONG, (token, result) -> {
                        seen.addAndGet((int) token, 1 - result);
                        room.release();
                    });
                }
                return told;
            });
            for (var submitter : submitters) {
                submitter.get();
            }
            assertThat(reaper.get()).isEqualTo(2 * count);
        }

        for (int i = 0; i < 2 * count; i++) {
            assertThat(seen.get(i)).isEqualTo(1);
        }
        assertThat(ring.inFlight()).isZero();
    }

    private Void submitNops(int first, int count, Semaphore room) throws Exception {
        for (int i = first; i < first + count; i++) {
            if (!room.tryAcquire()) {
                ring.submit();
                assertThat(room.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
            }
            assertThat(ring.queue().nop(i)).isTrue();
        }
        ring.submit();
        return null;
    }

    @Test
    void dataOfManyTransfersArriveUnharmed() throws Exception {
        int count = 5_000;
        var pipe = reclaim.manager().openPipe(pid).get();
        var write = ring.allocate(8, 8);
        var read = ring.allocate(8, 8);
        var next = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(2)) {
            var writer = threads.submit(() -> {
                for (int i = 0; i < count; i++) {
                    write.set(JAVA_LONG, 0, i);
                    var done = new AtomicInteger();
                    ring.queue((token, result) -> done.set(result))
                            .write(pipe.sink(), write, OperationQueue.CURRENT_POSITION, i);
                    ring.submit();
                    while (done.get() == 0) {
                        ring.await(1, Duration.ofMillis(1), Completion.NONE);
                    }
                }
                return null;
            });
            var reader = threads.submit(() -> {
                for (int i = 0; i < count; i++) {
                    var done = new AtomicInteger();
                    ring.queue((token, result) -> done.set(result))
                            .read(pipe.source(), read, OperationQueue.CURRENT_POSITION, i);
                    ring.submit();
                    while (done.get() == 0) {
                        ring.await(1, Duration.ofMillis(1), Completion.NONE);
                    }
                    assertThat(read.get(JAVA_LONG, 0)).isEqualTo(next.getAndIncrement());
                }
                return null;
            });
            writer.get();
            reader.get();
        }
        assertThat(next).hasValue(count);
    }

    @Test
    void moreAwaitingVirtualThreadsThanCarriersLeaveTheCarriersFree() throws Exception {
        int waiting = 2 * Runtime.getRuntime().availableProcessors() + 2;
        var tasks = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < waiting; i++) {
            var own = reclaim.ring(pid);
            var task = new FutureTask<>(() -> own.await(1, LONG, Completion.NONE));
            Thread.ofVirtual().start(task);
            tasks.add(task);
        }
        var progress = new FutureTask<>(() -> Thread.currentThread().isVirtual());
        Thread.ofVirtual().start(progress);

        assertThat(progress.get()).isTrue();

        assertThat(tasks).allMatch(task -> !task.isDone());
        reclaim.end(pid);
        for (var task : tasks) {
            assertThatThrownBy(task::get).hasMessageContaining("is closed: its process is ending");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsAWaitAndNothingElse(boolean virtual) throws Exception {
        var wait = new FutureTask<>(() -> {
            try {
                ring.await(1, LONG, Completion.NONE);
                return "not interrupted";
            } catch (InterruptedException e) {
                return "interrupted, flag " + Thread.currentThread().isInterrupted();
            }
        });
        var thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(wait);
        await().until(() -> isWaiting(thread));

        thread.interrupt();

        assertThat(wait.get()).isEqualTo("interrupted, flag false");
        ring.queue().nop(1);
        assertThat(Platform.result(ring)).isZero();
    }

    @Test
    void whoIsInterruptedAlreadyDoesNotWait() throws Exception {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> ring.await(1, LONG, Completion.NONE)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allWhoAwaitAreServedWhoeverIsFirst(boolean virtual) throws Exception {
        var order = new ConcurrentLinkedQueue<Long>();
        Callable<Integer> waiting = () -> ring.await(1, LONG, (token, result) -> order.add(token));
        var tasks = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < 4; i++) {
            var task = new FutureTask<>(waiting);
            tasks.add(task);
            await().until(isWaitingAfterStart(virtual, task));
        }

        for (int i = 0; i < 4; i++) {
            int told = i;
            ring.queue().nop(i);
            ring.submit();
            await().until(() -> tasks.stream().filter(FutureTask::isDone).count() == told + 1);
        }

        assertThat(order).containsExactly(0L, 1L, 2L, 3L);
    }

    private static Callable<Boolean> isWaitingAfterStart(boolean virtual, Runnable task) {
        var thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
        return () -> isWaiting(thread);
    }

    @Test
    void whatAThreadHasSubmittedGoesOnWhenItHasEnded() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        submitAndEnd(() -> ring.queue().read(pipe.source(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1));

        ring.queue().write(pipe.sink(), ring.allocate(3, 1), OperationQueue.CURRENT_POSITION, 2);

        assertThat(Platform.results(ring, 2)).isEqualTo(Map.of(1L, 3, 2L, 3));
    }

    @Test
    void itDoesNotGoOnWithADescriptorThatIsClosed() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        submitAndEnd(() -> ring.queue().read(pipe.source(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1));
        pipe.source().close();

        ring.queue().write(pipe.sink(), ring.allocate(3, 1), OperationQueue.CURRENT_POSITION, 2);

        assertThat(Platform.results(ring, 2)).containsEntry(1L, ECANCELED);
    }

    /** On a thread of its own, which the kernel has ended when this returns: later than the JDK says so. */
    private void submitAndEnd(Runnable queueing) throws Exception {
        var task = new FutureTask<>(() -> {
            queueing.run();
            assertThat(ring.submit()).isEqualTo(1);
            return Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self")));
        });
        Thread.ofPlatform().start(task);
        var thread = task.get();
        await().until(() -> Files.notExists(thread));
    }

    @Test
    void completionsMayQueueSubmitAndPollAgain() throws Exception {
        var told = new ArrayList<Long>();
        ring.queue(new Completion() {
            @Override
            public void completed(long token, int result) {
                told.add(token);
                if (token < 10) {
                    ring.queue(this).nop(token + 1);
                    try {
                        ring.submit();
                        ring.poll(Completion.NONE, 1);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }).nop(1);
        ring.submit();

        while (told.size() < 10) {
            ring.await(1, LONG, Completion.NONE);
        }

        assertThat(told).isEqualTo(Arrays.asList(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L));
    }

    @Test
    void whatACompletionThrowsReachesWhoPolledAfterAllOthersWereTold() throws Exception {
        var told = new ArrayList<Long>();
        for (int i = 0; i < 5; i++) {
            ring.queue().nop(i);
        }
        ring.submit();

        assertThatThrownBy(() -> ring.poll((token, result) -> {
            told.add(token);
            throw new IllegalArgumentException("of " + token);
        }, 5)).isInstanceOf(IllegalArgumentException.class).hasMessage("of 0").satisfies(
                e -> assertThat(e.getSuppressed()).hasSize(4));

        assertThat(told).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    /** In the kernel a thread counts as runnable; its stack says where it is. */
    private static boolean isWaiting(Thread thread) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(frame ->
                frame.getClassName().endsWith(".CompletionWait")
                        && (frame.getMethodName().equals("lead") || frame.getMethodName().equals("await")));
    }
}
