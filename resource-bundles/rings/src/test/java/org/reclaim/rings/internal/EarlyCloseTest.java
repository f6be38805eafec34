package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.rings.internal.Platform.ANY_PORT;
import static org.reclaim.rings.internal.Platform.BUFFER_BYTES;
import static org.reclaim.rings.internal.Platform.LONG;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ReleaseFailedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringClosedException;
import org.reclaim.api.ring.OperationQueue;

/** Handles that are closed before their process ends: what can be freed is, at once; the rest is refused. */
class EarlyCloseTest {

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

    @Test
    void anAcceptedConnectionIsClosedWithItsInstance() throws Exception {
        var handle = reclaim.manager().open(pid, 8, 0);
        var ring = handle.get();
        var client = reclaim.manager().openTcp(pid, StandardProtocolFamily.INET).get();
        var listener = reclaim.manager().listenTcp(pid, ANY_PORT, 0).get();
        ring.queue().connect(client, listener.address().orElseThrow(), 1);
        ring.queue().accept(listener, 2);
        var accepted = ring.accepted(Platform.results(ring, 2).get(2L)).orElseThrow();

        handle.close();

        assertThat(accepted.isOpen()).isFalse();
        assertThat(reclaim.end(pid).stats().resourcesFreed()).isEqualTo(2);
        assertThat(Platform.held()).isEqualTo(before);
    }

    @Test
    void closingHandlesFreesAtOnce() throws Exception {
        var ring = reclaim.manager().open(pid, 64, BUFFER_BYTES);
        var pipe = reclaim.manager().openPipe(pid);
        ring.get().queue().read(pipe.get().source(), ring.get().buffers(), OperationQueue.CURRENT_POSITION, 1);
        ring.get().submit();

        pipe.close();
        ring.close();
        ring.close();

        assertThat(Platform.held()).isEqualTo(before);
        assertThatThrownBy(ring::get).isInstanceOf(IllegalStateException.class);
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aDescriptorWithQueuedOperationsIsNotClosed() throws Exception {
        var ring = reclaim.ring(pid);
        var pipe = reclaim.manager().openPipe(pid);
        var source = pipe.get().source();
        ring.queue().read(source, ring.buffers(), OperationQueue.CURRENT_POSITION, 1);

        assertThatThrownBy(source::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Still held: the number of pipe source, fd " + source.number()
                        + " is needed by 1 operations; submit what is queued, and await each fsync");
        assertThatThrownBy(pipe::close).isInstanceOf(ReleaseFailedException.class);
        assertThat(source.isOpen()).isTrue();

        ring.submit();
        source.close();
        assertThat(source.isOpen()).isFalse();
        assertThatThrownBy(() -> ring.queue().read(source, ring.buffers(), OperationQueue.CURRENT_POSITION, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("descriptor is pipe source, fd " + source.number() + ", which is closed");
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertThat(Platform.held()).isEqualTo(before);
    }

    @Test
    void aDescriptorIsNotClosedBeforeAnFsyncHasCompleted(@TempDir Path folder) throws Exception {
        var ring = reclaim.ring(pid);
        for (int i = 0; i < 100; i++) {
            var file = reclaim.manager()
                    .openFile(pid, folder.resolve("file"), StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                    .get();
            ring.queue().fsync(file, false, i);
            ring.submit();

            assertThatThrownBy(file::close).isInstanceOf(IllegalStateException.class);

            assertThat(Platform.result(ring)).isZero();
            file.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoClosesTheHandleWakesWhoAwaits(boolean virtual) throws Exception {
        ResourceHandle<IoUring> handle = reclaim.manager().open(pid, 1, 0);
        var ring = handle.get();
        var waiting = Platform.run(virtual, () -> ring.await(1, LONG, Completion.NONE));

        handle.close();

        assertThatThrownBy(waiting::get).cause().isInstanceOf(IoUringClosedException.class);
        assertThat(Platform.held()).isEqualTo(before);
    }
}
