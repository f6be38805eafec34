package org.reclaim.ipc.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.testing.InterposedProvider;
import org.reclaim.testing.Kernel;
import org.reclaim.testing.TestPlatform;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PipeTest {

    private final TestPlatform reclaim = new TestPlatform();
    private final IpcManager ipc = reclaim.manager(IpcManager.class);
    private final long writer = reclaim.start();
    private final long reader = reclaim.start();
    private List<String> before;

    @BeforeEach
    void look() throws IOException {
        warmUp();
        before = pipes();
    }

    @AfterEach
    void close() {
        reclaim.close();
    }

    @Test
    void itIsAPipeOfTheKernelAndBytesPassIt() throws Exception {
        var pipe = ipc.createPipe(writer, reader);

        pipe.writingEnd().get().write(US_ASCII.encode("ping"));
        var received = ByteBuffer.allocate(10);
        pipe.readingEnd().get().read(received);

        assertThat(US_ASCII.decode(received.flip()).toString()).isEqualTo("ping");
        assertThat(pipe.writingEnd().pid()).isEqualTo(writer);
        assertThat(pipe.readingEnd().pid()).isEqualTo(reader);
        var made = new ArrayList<>(pipes());
        before.forEach(made::remove);
        assertThat(made).hasSize(2);
        assertThat(made.getFirst()).startsWith("pipe:[").isEqualTo(made.getLast());
    }

    @ParameterizedTest
    @EnumSource
    void theReaderSeesTheEndOfTheStreamWhenTheWritersProcessEnds(Waiter.Kind kind) throws Exception {
        var pipe = ipc.createPipe(writer, reader);
        var source = pipe.readingEnd().get();
        pipe.writingEnd().get().write(ByteBuffer.allocate(3));
        assertThat(source.read(ByteBuffer.allocate(2))).isEqualTo(2);
        assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(1);
        var read = Waiter.in(kind, () -> source.read(ByteBuffer.allocate(10)));

        assertThat(reclaim.end(writer, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(read.result()).isEqualTo(-1);
        assertThat(source.isOpen()).isTrue();
        reclaim.end(reader);
        assertThat(pipes()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void theWriterIsToldWhenTheReadersProcessEnds(Waiter.Kind kind) throws Exception {
        var pipe = ipc.createPipe(writer, reader);
        var sink = pipe.writingEnd().get();
        fill(sink);
        var write = Waiter.in(kind, () -> sink.write(ByteBuffer.allocate(1)));

        assertThat(reclaim.end(reader, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(write.failure()).isInstanceOf(IOException.class).hasMessageContaining("Broken pipe");
        assertThatThrownBy(() -> sink.write(ByteBuffer.allocate(1))).hasMessageContaining("Broken pipe");
        reclaim.end(writer);
        assertThat(pipes()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsIsWokenByTheEndOfHisOwnProcess(Waiter.Kind kind) throws Exception {
        var pipe = ipc.createPipe(writer, reader);
        var source = pipe.readingEnd().get();
        var read = Waiter.in(kind, () -> source.read(ByteBuffer.allocate(10)));

        assertThat(reclaim.end(reader, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(read.failure()).isInstanceOf(AsynchronousCloseException.class);
        reclaim.end(writer);
        await().untilAsserted(() -> assertThat(pipes()).isEqualTo(before));
    }

    @ParameterizedTest
    @EnumSource
    void whoWritesIsWokenByTheEndOfHisOwnProcess(Waiter.Kind kind) throws Exception {
        var pipe = ipc.createPipe(writer, reader);
        var sink = pipe.writingEnd().get();
        fill(sink);
        var write = Waiter.in(kind, () -> sink.write(ByteBuffer.allocate(1)));

        assertThat(reclaim.end(writer, Ipc.TYPE).status()).isEqualTo(Status.FREED);

        assertThat(write.failure()).isInstanceOf(AsynchronousCloseException.class);
        reclaim.end(reader);
        await().untilAsserted(() -> assertThat(pipes()).isEqualTo(before));
    }

    @Test
    void virtualThreadsThatReadOccupyNoCarrier() throws Exception {
        var reads = new ArrayList<Waiter<Integer>>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            var source = ipc.createPipe(writer, reader).readingEnd().get();
            reads.add(Waiter.in(Waiter.Kind.VIRTUAL, () -> source.read(ByteBuffer.allocate(10))));
        }

        var ran = new CountDownLatch(1);
        Thread.startVirtualThread(ran::countDown);
        ran.await();

        reclaim.end(writer);
        for (var read : reads) {
            assertThat(read.result()).isEqualTo(-1);
        }
    }

    @Test
    void closingOneEndLeavesTheOther() throws Exception {
        var pipe = ipc.createPipe(writer, writer);
        var source = pipe.readingEnd().get();

        pipe.writingEnd().close();
        pipe.writingEnd().close();

        assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(reclaim.end(writer, Ipc.TYPE).stats().resourcesFreed()).isEqualTo(1);
        assertThat(pipes()).isEqualTo(before);
    }

    @Test
    void whatItsUserClosedHimselfIsNoFailure() throws Exception {
        var pipe = ipc.createPipe(writer, reader);
        pipe.writingEnd().get().close();
        pipe.readingEnd().get().close();

        assertThat(reclaim.end(writer, Ipc.TYPE).status()).isEqualTo(Status.FREED);
        assertThat(reclaim.end(reader, Ipc.TYPE).status()).isEqualTo(Status.FREED);
    }

    @Test
    void aClosedEndThatASelectorHoldsIsStillHeldUntilThatSelects() throws Exception {
        try (var selector = Selector.open()) {
            var pipe = ipc.createPipe(writer, reader);
            var source = pipe.readingEnd().get();
            source.configureBlocking(false);
            source.register(selector, SelectionKey.OP_READ);

            assertThatThrownBy(pipe.readingEnd()::close)
                    .isInstanceOf(ReleaseFailedException.class)
                    .hasStackTraceContaining("Still held: the reading end of a pipe is closed, but registered");
            var outcome = reclaim.end(reader, Ipc.TYPE);
            assertThat(outcome.status()).isEqualTo(Status.FAILED);
            assertThat(outcome.detail()).contains("it", "goes when that selects next");
            reclaim.end(writer);
            assertThat(pipes()).hasSize(before.size() + 1);

            selector.selectNow();

            assertThat(pipes()).isEqualTo(before);
            pipe.readingEnd().close();
            await().until(() -> reclaim.processes().inventory().unsettled().isEmpty());
        }
    }

    @Test
    void eitherBothEndsAreHeldOrNoneIsMade() throws Exception {
        long unknown = reader + 100;
        long ended = reclaim.start();
        reclaim.end(ended);

        assertThatThrownBy(() -> ipc.createPipe(writer, unknown)).isInstanceOf(NoSuchProcessException.class);
        assertThatThrownBy(() -> ipc.createPipe(unknown, reader)).isInstanceOf(NoSuchProcessException.class);
        assertThatThrownBy(() -> ipc.createPipe(writer, ended)).isInstanceOf(ProcessEndedException.class);
        assertThatThrownBy(() -> ipc.createPipe(ended, reader)).isInstanceOf(ProcessEndedException.class);

        assertThat(pipes()).isEqualTo(before);
        assertThat(reclaim.end(writer, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
        assertThat(reclaim.end(reader, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
    }

    /** One of the two processes ends after both places were taken. */
    @ParameterizedTest
    @EnumSource
    void noEndStaysWhenOneProcessEndsMeanwhile(Ending ending) throws Exception {
        var moment = new AtomicReference<Runnable>(() -> {});
        try (var interposed = new TestPlatform(
                new InterposedProvider(new IpcProvider(), "reserve", () -> moment.get().run()))) {
            long from = interposed.start();
            long to = interposed.start();
            long victim = ending == Ending.WRITER ? from : to;
            moment.set(() -> moment.set(() -> interposed.end(victim)));

            assertThatThrownBy(() -> interposed.manager(IpcManager.class).createPipe(from, to))
                    .isInstanceOf(ProcessEndedException.class)
                    .hasNoSuppressedExceptions();

            assertThat(pipes()).isEqualTo(before);
            assertThat(interposed.end(from + to - victim, Ipc.TYPE).status()).isEqualTo(Status.EMPTY);
        }
    }

    /** Whose process ends. */
    enum Ending { WRITER, READER }

    @Test
    void endsAreShownWithTheOtherEndsProcess() throws Exception {
        ipc.createPipe(writer, reader);

        assertThat(reclaim.processes().inventory().resources(writer))
                .extracting(ResourceInfo::label)
                .containsExactly("pipe, writing end, to process " + reader);
        assertThat(reclaim.processes().inventory().resources(reader))
                .extracting(ResourceInfo::label)
                .containsExactly("pipe, reading end, from process " + writer);
    }

    /** Leaves no room: it is filled page by page, pipe(7). */
    private static void fill(Pipe.SinkChannel sink) throws IOException {
        sink.configureBlocking(false);
        while (sink.write(ByteBuffer.allocate(4096)) > 0) {
            continue; // there may be more
        }
        sink.configureBlocking(true);
    }

    private static List<String> pipes() {
        return Kernel.descriptors().values().stream().filter(target -> target.startsWith("pipe:")).toList();
    }

    /** The JDK keeps some pipes and threads of its own from the first wait of a virtual thread on. */
    private static void warmUp() throws IOException {
        var pipe = Pipe.open();
        try (var source = pipe.source(); var sink = pipe.sink()) {
            var read = Waiter.in(Waiter.Kind.VIRTUAL, () -> source.read(ByteBuffer.allocate(1)));
            sink.write(ByteBuffer.allocate(1));
            await().until(read::isDone);
        }
    }
}
