package org.reclaim.launcher.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.launcher.SocketPair;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrameChannelTest {
    @TempDir
    private Path folder;

    private SocketPair sockets;
    private FrameChannel client;
    private FrameChannel server;

    @BeforeEach
    void connect() throws IOException {
        sockets = SocketPair.in(folder);
        client = new FrameChannel(sockets.client());
        server = new FrameChannel(sockets.server());
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    @Test
    void bothSidesGreet() throws Exception {
        var pid = CompletableFuture.supplyAsync(this::greetPlatform);
        server.greetClient(4711);
        assertThat(pid.get()).isEqualTo(4711);

        client.write(FrameType.COMMAND, "grüße");

        assertThat(server.read().orElseThrow().text()).isEqualTo("grüße");
    }

    @Test
    void thePlatformRefusesWhoDoesNotGreet() throws Exception {
        send("GET / HTTP/1.1\r\n".getBytes(US_ASCII));

        assertThatThrownBy(() -> server.greetClient(1)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void thePlatformTellsItsVersionToAClientOfAnother() throws Exception {
        send("RECLAIM\2".getBytes(US_ASCII));

        assertThatThrownBy(() -> server.greetClient(1)).isInstanceOf(ProtocolException.class)
                .hasMessage("version 2 instead of 1");
        var answer = ByteBuffer.allocate(16);
        sockets.client().read(answer);
        assertThat(new String(answer.array(), 0, 8, US_ASCII)).isEqualTo("RECLAIM\1");
    }

    @Test
    void theClientSaysWhatToDoAboutAPlatformOfAnotherVersion() throws Exception {
        sockets.server().write(ByteBuffer.wrap("RECLAIM\7\0\0\0\0\0\0\0\1".getBytes(US_ASCII)));

        assertThatThrownBy(client::greetPlatform).isInstanceOf(ProtocolException.class).hasMessage(
                "the platform speaks version 7 of the protocol, this program 1: use the program of the platform's"
                        + " installation");
    }

    @Test
    void framesOfEverySizeArriveAsTheyWere() throws Exception {
        for (int length : new int[] {0, 1, 4, 5, 6, 1000, FrameChannel.MAX_PAYLOAD}) {
            var payload = new byte[length];
            for (int i = 0; i < length; i++) {
                payload[i] = (byte) (i * 31);
            }
            // The biggest does not fit into the socket's buffer.
            var sent = CompletableFuture.runAsync(() -> write(client, FrameType.INPUT, payload));

            var frame = server.read().orElseThrow();

            assertThat(frame.type()).isEqualTo(FrameType.INPUT);
            assertThat(frame.payload()).isEqualTo(payload);
            sent.get();
        }
    }

    @Test
    void whoWritesAtTheSameTimeDoesNotSplitTheFramesOfOthers() throws Exception {
        int writers = 4;
        int each = 300;
        try (var threads = Executors.newFixedThreadPool(writers)) {
            for (int writer = 0; writer < writers; writer++) {
                var text = Integer.toString(writer).repeat(1 + writer * 5000).getBytes(US_ASCII);
                threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        write(server, FrameType.OUTPUT, text);
                    }
                });
            }
            var seen = new ArrayList<String>();
            for (int i = 0; i < writers * each; i++) {
                var text = client.read().orElseThrow().text();
                assertThat(text.chars().distinct().count()).isEqualTo(1);
                seen.add(text.substring(0, 1));
            }
            assertThat(seen).filteredOn("3"::equals).hasSize(each);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"?\0\0\0\0", "c\0\1\0\1", "c\177\177\177\177", "c\200\0\0\0"})
    void whatIsNoFrameEndsTheConversation(String bytes) throws Exception {
        send(bytes.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

        assertThatThrownBy(server::read).isInstanceOf(ProtocolException.class);
    }

    @Test
    void theEndBetweenFramesIsAnEndAndWithinOneAFailure() throws Exception {
        send("c\0\0\0\2abc\0\0".getBytes(UTF_8));
        sockets.client().close();

        assertThat(server.read().orElseThrow().text()).isEqualTo("ab");
        assertThatThrownBy(server::read).isInstanceOf(EOFException.class);

        connect();
        send("c\0\0\0\2ab".getBytes(UTF_8));
        sockets.client().close();

        assertThat(server.read()).isPresent();
        assertThat(server.read()).isEmpty();
    }

    @Test
    void anExitStatusIsANumber() throws Exception {
        assertThat(Frame.end(-7).status()).isEqualTo(-7);
        assertThatThrownBy(() -> new Frame(FrameType.END, new byte[3]).status()).isInstanceOf(ProtocolException.class);
    }

    private void send(byte[] bytes) throws IOException {
        sockets.client().write(ByteBuffer.wrap(bytes));
    }

    private long greetPlatform() {
        try {
            return client.greetPlatform();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(FrameChannel channel, FrameType type, byte[] bytes) {
        try {
            channel.write(type, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
