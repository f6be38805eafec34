package org.reclaim.rings.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.rings.internal.Platform.ANY_PORT;
import static org.reclaim.rings.internal.Platform.BUFFER_BYTES;
import static org.reclaim.rings.internal.Platform.ECANCELED;
import static org.reclaim.rings.internal.Platform.LONG;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringClosedException;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.OperationQueue;
import org.reclaim.syscalls.IoUringCalls;

/** Processes that end in the middle of everything: nothing of it is left. */
class EndTest {

    private String before;
    private Platform reclaim;
    private long pid;

    @BeforeEach
    void open() throws IOException {
        reclaim = new Platform();
        before = Platform.baseline();
        pid = reclaim.start();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    /** What does not complete by itself. */
    enum Endless {
        READ_OF_AN_EMPTY_PIPE {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) throws IOException {
                var pipe = manager.openPipe(pid).get();
                ring.queue().read(pipe.source(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1);
            }
        },
        WRITE_TO_A_FULL_PIPE {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) throws IOException {
                var pipe = manager.openPipe(pid).get();
                for (int i = 0; i < 3; i++) {
                    ring.queue().write(pipe.sink(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1);
                }
            }
        },
        ACCEPT {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) throws IOException {
                ring.queue().accept(manager.listenTcp(pid, ANY_PORT, 0).get(), 1);
            }
        },
        RECEIVE {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) throws IOException {
                var listener = manager.listenTcp(pid, ANY_PORT, 0).get();
                var client = manager.openTcp(pid, StandardProtocolFamily.INET).get();
                ring.queue(Completion.NONE).connect(client, listener.address().orElseThrow(), 2);
                ring.queue(Completion.NONE).accept(listener, 3);
                try {
                    Platform.results(ring, 2);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                ring.queue().receive(client, ring.buffers(), 1);
            }
        },
        POLL {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) throws IOException {
                ring.queue().poll(manager.openPipe(pid).get().source(), OperationQueue.POLLIN, 1);
            }
        },
        TIMEOUT {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) {
                ring.queue().timeout(Duration.ofDays(1), 1);
            }
        },
        NOTHING {
            @Override
            void queue(IoUringManager manager, long pid, IoUring ring) {}
        };

        abstract void queue(IoUringManager manager, long pid, IoUring ring) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheProcessEndsWhatIsInFlight(Endless endless) throws Exception {
        var ring = reclaim.ring(pid);
        endless.queue(reclaim.manager(), pid, ring);
        ring.submit();

        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(Platform.held()).isEqualTo(before);
        assertThatThrownBy(() -> ring.buffers().fill((byte) 0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsQueuedAndNotSubmittedEndsToo(Endless endless) throws Exception {
        endless.queue(reclaim.manager(), pid, reclaim.ring(pid));

        var outcome = reclaim.end(pid);

        assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
        assertThat(Platform.held()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whoAwaitsIsToldWhatWasCancelledAndThenThatItIsOver(Endless endless) throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            long other = reclaim.start();
            var ring = reclaim.ring(other);
            endless.queue(reclaim.manager(), other, ring);
            ring.submit();
            int inFlight = ring.inFlight();
            var results = new HashMap<Integer, Integer>();
            var loop = Platform.run(virtual, () -> {
                while (true) {
                    ring.await(1, LONG, (token, result) -> results.merge(result, 1, Integer::sum));
                }
            });

            var outcome = reclaim.end(other);

            assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
            assertThatThrownBy(loop::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IoUringClosedException.class)
                    .hasMessageStartingWith("io_uring 64 entries, fd ");
            assertThat(results.values().stream().mapToInt(count -> count).sum()).isEqualTo(inFlight);
            if (endless != Endless.NOTHING && endless != Endless.WRITE_TO_A_FULL_PIPE) {
                assertThat(results).isEqualTo(Map.of(ECANCELED, inFlight));
            }
            assertThat(Platform.held()).isEqualTo(before);
        }
    }

    @Test
    void whoPollsAfterTheEndIsToldOfEverythingOnce() throws Exception {
        var ring = reclaim.ring(pid);
        var own = new HashMap<Long, Integer>();
        ring.queue(own::put).timeout(LONG, 1);
        ring.queue().timeout(LONG, 2);
        ring.submit();
        ring.queue().nop(3);
        reclaim.end(pid);
        var polled = new HashMap<Long, Integer>();

        assertThat(ring.poll(polled::put, 1)).isEqualTo(1);
        assertThat(ring.await(10, LONG, polled::put)).isEqualTo(2);

        assertThat(own).isEqualTo(Map.of(1L, ECANCELED));
        assertThat(polled).isEqualTo(Map.of(2L, ECANCELED, 3L, ECANCELED));
        assertThatThrownBy(() -> ring.poll(polled::put, 1)).isInstanceOf(IoUringClosedException.class);
        assertThatThrownBy(() -> ring.await(1, LONG, polled::put)).isInstanceOf(IoUringClosedException.class);
        assertThatThrownBy(ring::submit).isInstanceOf(IoUringClosedException.class);
        assertThatThrownBy(() -> ring.cancel(1)).isInstanceOf(IoUringClosedException.class);
        assertThatThrownBy(() -> ring.queue().nop(1)).isInstanceOf(IoUringClosedException.class);
        assertThat(ring.inFlight()).isZero();
    }

    @Test
    void anAcceptThatCompletesWhileNobodyLooksLeavesNoDescriptor() throws Exception {
        var ring = reclaim.ring(pid);
        var client = reclaim.manager().openTcp(pid, StandardProtocolFamily.INET).get();
        var listener = reclaim.manager().listenTcp(pid, ANY_PORT, 0).get();
        ring.queue().connect(client, listener.address().orElseThrow(), 1);
        ring.queue().accept(listener, 2);
        ring.submit();
        var results = new HashMap<Long, Integer>();

        reclaim.end(pid);

        assertThat(ring.poll(results::put, 2)).isEqualTo(2);
        assertThat(results).containsEntry(2L, ECANCELED);
        assertThat(Platform.held()).isEqualTo(before);
    }

    @Test
    void theEndOfTheProcessAwaitsAnFsync(@TempDir Path folder) throws Exception {
        for (int i = 0; i < 20; i++) {
            long other = reclaim.start();
            var ring = reclaim.ring(other);
            var file = reclaim.manager()
                    .openFile(other, folder.resolve("file"), StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                    .get();
            for (int j = 0; j < 10; j++) {
                ring.queue().write(file, ring.buffers(), 0, j);
                ring.queue().fsync(file, false, j);
            }
            ring.submit();

            var outcome = reclaim.end(other);

            assertThat(outcome.status()).as(outcome.detail()).isEqualTo(Status.FREED);
            assertThat(Platform.held()).isEqualTo(before);
        }
    }

    @Test
    void completionsThatHadNoRoomAreFetched() throws Exception {
        // A completion queue half as long as the kernel makes it by itself: IORING_SETUP_CQSIZE.
        try (var tight = new Platform(new RingsType((entries, params) -> {
            params.set(JAVA_INT, 4, entries);
            params.set(JAVA_INT, 8, 1 << 3);
            return IoUringCalls.setUp(entries, params);
        }))) {
            long other = tight.start();
            var ring = tight.manager().open(other, 4, 0).get();
            for (int i = 0; i < 4; i++) {
                ring.queue().timeout(LONG, 1);
            }
            ring.submit();
            ring.cancel(1);

            Platform.collect(ring, 4, (token, result) -> assertThat(result).isEqualTo(ECANCELED));

            assertThat(tight.end(other).status()).isEqualTo(Status.FREED);
        }
    }

    @Test
    void anInstanceWhoseMemoryIsInUseIsHeldAndFreedLater() throws Exception {
        var ring = reclaim.ring(pid);
        var pipe = Pipe.open();
        try (var source = pipe.source(); var sink = pipe.sink()) {
            var reader = new CompletableFuture<Thread>();
            var read = Platform.run(false, () -> {
                reader.complete(Thread.currentThread());
                return source.read(ring.buffers().asByteBuffer());
            });
            awaitNativeRead(reader.get());

            var outcome = reclaim.end(pid);

            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.detail()).contains("Still held: a call uses memory of io_uring 64 entries, fd ");
            sink.write(ByteBuffer.wrap(new byte[3]));
            assertThat(read.get()).isEqualTo(3);
            await().until(() -> reclaim.platform().processes().inventory().unsettled().isEmpty());
        }
        assertThat(Platform.held()).isEqualTo(before);
    }

    /** The thread counts as runnable while it waits in the kernel; its stack says where. */
    private static void awaitNativeRead(Thread thread) {
        await().until(() -> {
            var stack = thread.getStackTrace();
            return stack.length > 0 && stack[0].isNativeMethod() && stack[0].getMethodName().startsWith("read");
        });
    }

    @Test
    void aSecondInstanceOfTheTypeServesAndFreesWhatTheFirstAcquired() throws Exception {
        var first = new RingsType().createRings(reclaim.platform().processes().tables());
        var ring = first.open(pid, 8, BUFFER_BYTES).get();
        var pipe = first.openPipe(pid).get();
        ring.queue().read(pipe.source(), ring.buffers(), OperationQueue.CURRENT_POSITION, 1);
        ring.submit();
        first.detach();
        var second = new RingsType().createRings(reclaim.platform().processes().tables());

        ring.queue().nop(2);
        assertThat(Platform.results(ring, 1)).isEqualTo(Map.of(2L, 0));
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        second.detach();

        assertThat(Platform.held()).isEqualTo(before);
    }
}
