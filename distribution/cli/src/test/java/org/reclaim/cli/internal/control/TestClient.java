package org.reclaim.cli.internal.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.reclaim.launcher.control.Frame;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;

/** A client that says what a test wants it to say. Closing it is what the kernel does when a client is killed. */
final class TestClient implements AutoCloseable {

    private final SocketChannel socket;
    private final FrameChannel channel;
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private String deadline = "";

    TestClient(Path path) throws IOException {
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        channel = new FrameChannel(socket);
    }

    /** Connects and greets. */
    static TestClient greeting(Path path) throws IOException {
        var client = new TestClient(path);
        if (client.channel.greetPlatform() != ProcessHandle.current().pid()) {
            throw new IOException("another platform");
        }
        return client;
    }

    /** Connects, greets, and asks for something. */
    static TestClient asking(Path path, FrameType request, String payload) throws IOException {
        var client = greeting(path);
        client.send(request, payload);
        return client;
    }

    void send(FrameType type, String payload) throws IOException {
        channel.write(type, payload);
    }

    void sendRaw(String bytes) throws IOException {
        socket.write(ByteBuffer.wrap(bytes.getBytes(UTF_8)));
    }

    Frame read() throws IOException {
        return channel.read().orElseThrow(() -> new IOException("the connection was closed"));
    }

    /** Whether the other side has closed the connection; waits for it, or for a frame. */
    boolean isClosed() throws IOException {
        try {
            return channel.read().isEmpty();
        } catch (IOException e) {
            // It was closed while there was something that it had not read.
            return true;
        }
    }

    /** Reads up to the end, and answers whoever asks for input with the end of it. */
    int finish() throws IOException {
        for (var frame = read();; frame = read()) {
            switch (frame.type()) {
                case OUTPUT -> out.append(frame.text());
                case ERRORS -> err.append(frame.text());
                case NEED_INPUT -> send(FrameType.INPUT, "");
                case DEADLINE -> deadline = frame.text();
                case END -> {
                    return frame.status();
                }
                default -> throw new IOException("not expected: " + frame.type());
            }
        }
    }

    String out() {
        return out.toString();
    }

    /** What it was told when it asked for the stop. */
    String deadline() {
        return deadline;
    }

    String err() {
        return err.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
