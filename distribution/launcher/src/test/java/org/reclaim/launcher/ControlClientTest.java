package org.reclaim.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.launcher.control.Frame;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;

/** Against a platform that the test plays, frame by frame. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlClientTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private Path socket;
    private ServerSocketChannel listener;

    /** What the platform does with one client. */
    private interface Script {
        void play(FrameChannel channel) throws IOException;
    }

    /** A request of the client. */
    private interface Request {
        int make(ControlClient client) throws IOException;
    }

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void sendsTheCommandsInTheirOrderAndReturnsTheStatus() throws Exception {
        int status = converse(client -> client.execute(List.of("ps", "show 1")), InputStream.nullInputStream(), out,
                channel -> {
                    assertThat(channel.read().orElseThrow().text()).isEqualTo("ps");
                    assertThat(channel.read().orElseThrow().text()).isEqualTo("show 1");
                    assertThat(channel.read().orElseThrow().type()).isEqualTo(FrameType.RUN);
                    channel.write(FrameType.OUTPUT, "to out\n");
                    channel.write(FrameType.ERRORS, "to err\n");
                    end(channel, 7);
                });

        assertThat(status).isEqualTo(7);
        assertThat(out.toString(UTF_8)).isEqualTo("to out\n");
        assertThat(err.toString(UTF_8)).isEqualTo("to err\n");
    }

    @Test
    void readsItsInputOnlyWhenThePlatformAsksForIt() throws Exception {
        var input = new ByteArrayInputStream("some input".getBytes(UTF_8));

        converse(client -> client.execute(List.of("ps")), input, out, channel -> {
            readRequest(channel);
            end(channel, 0);
        });
        assertThat(input.available()).isEqualTo("some input".length());

        converse(client -> client.execute(List.of("cat")), input, out, channel -> {
            readRequest(channel);
            channel.write(FrameType.NEED_INPUT, "");
            assertThat(channel.read().orElseThrow().text()).isEqualTo("some input");
            channel.write(FrameType.NEED_INPUT, "");
            var last = channel.read().orElseThrow();
            assertThat(last.type()).isEqualTo(FrameType.INPUT);
            assertThat(last.payload()).isEmpty();
            end(channel, 0);
        });
    }

    @Test
    void knowsHowLongThePlatformMayTakeToStop() throws Exception {
        var told = new ArrayList<OptionalLong>();
        int status = converse(client -> {
            told.add(client.stopMillis());
            int answer = client.stop();
            told.add(client.stopMillis());
            return answer;
        }, InputStream.nullInputStream(), out, channel -> {
            assertThat(channel.read().orElseThrow().type()).isEqualTo(FrameType.STOP);
            channel.write(FrameType.DEADLINE, "90000");
            end(channel, 0);
        });

        assertThat(status).isZero();
        assertThat(told).containsExactly(OptionalLong.empty(), OptionalLong.of(90_000));
        assertThat(out.size()).isZero();
    }

    @Test
    void aDeadlineThatIsNoneEndsTheConversation() {
        assertThatIOException().isThrownBy(() -> converse(
                        ControlClient::stop, InputStream.nullInputStream(), out, channel -> {
                            readRequest(channel);
                            channel.write(FrameType.DEADLINE, "soon");
                        }))
                .withMessage("the platform sent the deadline 'soon'");
    }

    @Test
    void aPlatformThatGoesAwayIsAFailure() {
        assertThatIOException().isThrownBy(() -> converse(ControlClient::status, InputStream.nullInputStream(), out,
                        ControlClientTest::readRequest))
                .withMessage("the platform closed the connection: it is stopping");
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        try (var full = new FileOutputStream("/dev/full")) {
            assertThatIOException().isThrownBy(() -> converse(
                            ControlClient::status, InputStream.nullInputStream(), full, channel -> {
                                readRequest(channel);
                                channel.write(FrameType.OUTPUT, "x");
                            }))
                    .withMessage("the output could not be written");
        }
    }

    @Test
    void aPlatformThatStopsToListenIsAtItsEnd() {
        assertThatIOException().isThrownBy(() -> converse(
                        ControlClient::status, InputStream.nullInputStream(), out, null))
                .isInstanceOf(EOFException.class)
                .withMessage("the platform closed the connection");
    }

    @Test
    void aPlatformThatDoesNotAnswerIsGivenUp() {
        assertThatIOException().isThrownBy(() -> ControlClient.connect(socket))
                .withMessageStartingWith("the platform does not answer");
    }

    @Test
    void commandsThatAreTooLongAreRefusedBeforeAnythingIsSent() {
        var line = "x".repeat(FrameChannel.MAX_PAYLOAD + 1);

        assertThatIOException().isThrownBy(() -> converse(client -> client.execute(List.of("ps", line)),
                        InputStream.nullInputStream(), out, channel -> assertThat(channel.read()).isEmpty()))
                .withMessageStartingWith("the console commands are too long: one can have 65536 bytes");
    }

    /** The client here, the platform on another thread; no script is a platform that hangs up at once. */
    private int converse(Request request, InputStream in, OutputStream to, Script script) throws Exception {
        var platform = CompletableFuture.runAsync(() -> play(script));
        try (var client = ControlClient.connect(socket, in, to, err)) {
            assertThat(client.pid()).isEqualTo(99);
            return request.make(client);
        } finally {
            platform.get(20, TimeUnit.SECONDS);
        }
    }

    private void play(Script script) {
        try (var channel = new FrameChannel(listener.accept())) {
            if (script != null) {
                channel.greetClient(99);
                script.play(channel);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Up to the frame that is the request. */
    private static void readRequest(FrameChannel channel) throws IOException {
        while (channel.read().orElseThrow().type() == FrameType.COMMAND) {
            continue;
        }
    }

    private static void end(FrameChannel channel, int status) throws IOException {
        var frame = Frame.end(status);
        channel.write(frame.type(), frame.payload(), 0, frame.payload().length);
    }
}
