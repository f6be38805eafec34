package org.reclaim.rings.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.rings.internal.Platform.ANY_PORT;
import static org.reclaim.rings.internal.Platform.ECANCELED;
import static org.reclaim.rings.internal.Platform.LONG;
import static org.reclaim.rings.internal.Platform.result;
import static org.reclaim.rings.internal.Platform.results;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ring.Completion;
import org.reclaim.api.ring.IoUring;
import org.reclaim.api.ring.IoUringException;
import org.reclaim.api.ring.OperationQueue;
import org.reclaim.api.ring.RingDescriptor;
import org.reclaim.syscalls.Errno;

/** Every operation, on the real kernel: what it does, and how it fails. */
class OperationsTest {

    @TempDir
    private Path folder;

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

    @Test
    void aNopCompletesWithItsToken() throws Exception {
        assertThat(ring.queue().nop(-42)).isTrue();

        assertThat(results(ring, 1)).isEqualTo(Map.of(-42L, 0));
        assertThat(ring.inFlight()).isZero();
    }

    @Test
    void whatWasWrittenIsReadBack() throws Exception {
        var file = open("file", StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        ring.queue().write(file, buffer("hello, world"), 100, 1);
        assertThat(result(ring)).isEqualTo(12);
        ring.queue().fsync(file, false, 2);
        assertThat(result(ring)).isZero();
        ring.queue().fsync(file, true, 3);
        assertThat(result(ring)).isZero();
        var read = ring.allocate(20, 1);

        ring.queue().read(file, read, 107, 4);

        assertThat(result(ring)).isEqualTo(5);
        assertThat(text(read, 5)).isEqualTo("world");
        assertThat(Files.size(folder.resolve("file"))).isEqualTo(112);
        ring.queue().read(file, read, 112, 5);
        assertThat(result(ring)).as("at the end").isZero();
    }

    @Test
    void theCurrentPositionMovesOn() throws Exception {
        Files.writeString(folder.resolve("file"), "abcdef");
        var file = open("file");
        var read = ring.allocate(4, 1);

        ring.queue().read(file, read, OperationQueue.CURRENT_POSITION, 1);
        assertThat(result(ring)).isEqualTo(4);
        ring.queue().read(file, read, OperationQueue.CURRENT_POSITION, 2);

        assertThat(result(ring)).isEqualTo(2);
        assertThat(text(read, 4)).isEqualTo("efcd");
    }

    @Test
    void aPipeIsReadWhenSomethingComes() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        var read = ring.allocate(10, 1);
        ring.queue().read(pipe.source(), read, OperationQueue.CURRENT_POSITION, 1);
        ring.submit();
        assertThat(ring.await(1, Duration.ZERO, Completion.NONE)).isZero();

        ring.queue().write(pipe.sink(), buffer("ping"), OperationQueue.CURRENT_POSITION, 2);

        assertThat(results(ring, 2)).isEqualTo(Map.of(1L, 4, 2L, 4));
        assertThat(text(read, 4)).isEqualTo("ping");
    }

    @Test
    void aConnectionIsMadeAcceptedAndUsed() throws Exception {
        var listener = reclaim.manager().listenTcp(pid, ANY_PORT, 0).get();
        var client = reclaim.manager().openTcp(pid, StandardProtocolFamily.INET).get();
        ring.queue().accept(listener, 1);
        ring.submit();
        ring.queue().connect(client, listener.address().orElseThrow(), 2);

        var results = results(ring, 2);

        assertThat(results.get(2L)).isZero();
        var server = ring.accepted(results.get(1L)).orElseThrow();
        assertThat(server.toString()).startsWith("tcp connection from 127.0.0.1:").endsWith(", fd " + results.get(1L));
        var received = ring.allocate(10, 1);
        ring.queue().receive(server, received, 3);
        ring.submit();
        ring.queue().send(client, buffer("hello"), 4);
        assertThat(results(ring, 2)).isEqualTo(Map.of(3L, 5, 4L, 5));
        assertThat(text(received, 5)).isEqualTo("hello");

        client.close();

        ring.queue().receive(server, received, 5);
        assertThat(result(ring)).as("the peer has closed").isZero();
        server.close();
        assertThat(ring.accepted(results.get(1L))).isEmpty();
    }

    @Test
    void connectionsOverIpv6WorkToo() throws Exception {
        var listener = reclaim.manager().listenTcp(pid, new InetSocketAddress("::1", 0), 5).get();
        var client = reclaim.manager().openTcp(pid, StandardProtocolFamily.INET6).get();
        assertThat(listener.toString()).startsWith("tcp listener [0:0:0:0:0:0:0:1]:");
        ring.queue().connect(client, listener.address().orElseThrow(), 1);
        ring.queue().accept(listener, 2);

        var results = results(ring, 2);

        assertThat(results.get(1L)).isZero();
        assertThat(ring.accepted(results.get(2L)).orElseThrow().address().orElseThrow().getAddress())
                .isEqualTo(listener.address().orElseThrow().getAddress());
    }

    @Test
    void theJdkConnectsToAListener() throws Exception {
        var listener = reclaim.manager().listenTcp(pid, ANY_PORT, 0).get();
        ring.queue().accept(listener, 1);
        ring.submit();

        try (var client = SocketChannel.open(listener.address().orElseThrow())) {
            var connection = ring.accepted(result(ring)).orElseThrow();

            assertThat(connection.address()).hasValue((InetSocketAddress) client.getLocalAddress());
        }
    }

    @Test
    void aConnectionThatNobodyAcceptsIsRefused() throws Exception {
        var handle = reclaim.manager().listenTcp(pid, ANY_PORT, 0);
        var address = handle.get().address().orElseThrow();
        handle.close();
        var client = reclaim.manager().openTcp(pid, StandardProtocolFamily.INET).get();
        ring.queue().connect(client, address, 1);

        int result = result(ring);

        assertThatThrownBy(() -> IoUringException.requireSuccess("connect", client, result))
                .isInstanceOf(IoUringException.class)
                .hasMessage("connect of tcp socket, IPv4, fd " + client.number() + ": ECONNREFUSED, errno 111");
    }

    @Test
    void pollSaysWhatHasCome() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        ring.queue().poll(pipe.sink(), OperationQueue.POLLOUT, 1);
        assertThat(result(ring)).isEqualTo(OperationQueue.POLLOUT);
        ring.queue().poll(pipe.source(), OperationQueue.POLLIN, 2);
        ring.submit();
        assertThat(ring.poll(Completion.NONE, 1)).isZero();

        ring.queue().write(pipe.sink(), buffer("x"), OperationQueue.CURRENT_POSITION, 3);

        assertThat(results(ring, 2)).isEqualTo(Map.of(2L, OperationQueue.POLLIN, 3L, 1));
    }

    @Test
    void aTimeoutExpires() throws Exception {
        long begin = System.nanoTime();
        ring.queue().timeout(Duration.ofMillis(30), 1);

        assertThat(result(ring)).isEqualTo(-Errno.ETIME);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
    }

    @Test
    void whatIsCancelledCompletesSo() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        ring.queue().read(pipe.source(), ring.allocate(1, 1), OperationQueue.CURRENT_POSITION, 1);
        ring.queue().timeout(LONG, 2);
        ring.queue().timeout(LONG, 2);
        ring.queue().poll(pipe.source(), OperationQueue.POLLIN, 3);
        ring.submit();

        assertThat(ring.cancel(2)).isEqualTo(2);
        var ended = new ArrayList<Long>();
        Platform.collect(ring, 2, (token, result) -> {
            assertThat(result).isEqualTo(ECANCELED);
            ended.add(token);
        });

        assertThat(ended).containsExactly(2L, 2L);
        assertThat(ring.cancel(1)).isEqualTo(1);
        assertThat(ring.cancel(3)).isEqualTo(1);
        assertThat(results(ring, 2)).isEqualTo(Map.of(1L, ECANCELED, 3L, ECANCELED));
        assertThat(ring.cancel(4)).as("there is none").isZero();
        assertThat(ring.inFlight()).isZero();
    }

    @Test
    void whatIsCancelledBeforeItIsSubmittedIsNotDone() throws Exception {
        var file = open("file", StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        ring.queue().write(file, buffer("x"), 0, 1);
        ring.queue().nop(2);

        assertThat(ring.cancel(1)).isEqualTo(1);

        assertThat(results(ring, 2)).isEqualTo(Map.of(1L, ECANCELED, 2L, 0));
        assertThat(Files.size(folder.resolve("file"))).isZero();
        file.close();
    }

    @Test
    void errorsOfOperationsAreTheirResults() throws Exception {
        Files.writeString(folder.resolve("file"), "abc");
        var readOnly = open("file");
        var pipe = reclaim.manager().openPipe(pid).get();
        ring.queue().write(readOnly, buffer("x"), 0, 1);
        ring.queue().receive(readOnly, ring.allocate(1, 1), 2);
        ring.queue().fsync(pipe.source(), false, 3);
        ring.queue().accept(readOnly, 4);

        assertThat(results(ring, 4)).isEqualTo(Map.of(
                1L, -Errno.EBADF,
                2L, -88, // ENOTSOCK
                3L, -Errno.EINVAL,
                4L, -88));
    }

    @Test
    void writingWithoutAReaderFailsWithoutASignal() throws Exception {
        var pipe = reclaim.manager().openPipe(pid).get();
        pipe.source().close();
        ring.queue().write(pipe.sink(), buffer("x"), OperationQueue.CURRENT_POSITION, 1);

        assertThat(result(ring)).isEqualTo(-Errno.EPIPE);
    }

    private RingDescriptor open(String name, StandardOpenOption... options) throws IOException {
        return reclaim.manager().openFile(pid, folder.resolve(name), options).get();
    }

    private MemorySegment buffer(String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        var buffer = ring.allocate(bytes.length, 1);
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
        return buffer;
    }

    private static String text(MemorySegment buffer, int length) {
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
    }
}
