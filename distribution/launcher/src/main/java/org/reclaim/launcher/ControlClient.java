package org.reclaim.launcher;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;
import org.reclaim.launcher.control.ProtocolException;

/**
 * A connection to a running platform, for one request. Whoever makes the request waits for its end; closing the
 * connection, or the end of this JVM however it comes, ends what the platform does for it.
 */
final class ControlClient implements AutoCloseable {
    /** How long a platform may take to greet, seconds: one whose JVM is stopped or busy beyond use never does. */
    private static final long GREETING_SECONDS = 10;
    private static final int INPUT_BYTES = 8192;

    private final SocketChannel socket;
    private final FrameChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private long pid;
    private OptionalLong stopMillis = OptionalLong.empty();
    private boolean drawing;

    /**
     * Gives a platform up that does not greet. A class, because the first lambda of a JVM costs more than a greeting.
     */
    private record GreetingDeadline(CountDownLatch greeted, SocketChannel socket) implements Runnable {

        @Override
        public void run() {
            try {
                if (!greeted.await(GREETING_SECONDS, TimeUnit.SECONDS)) {
                    socket.close();
                }
            } catch (InterruptedException | IOException e) {
                // Nobody interrupts this thread, and a socket that can't be closed is of no use to the one who waits.
                Thread.currentThread().interrupt();
            }
        }
    }

    ControlClient(SocketChannel socket, InputStream in, OutputStream out, OutputStream err) {
        this.socket = socket;
        this.channel = new FrameChannel(socket);
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /**
     * Connects, with the streams of this program.
     *
     * @throws EOFException if the platform closes the connection, because it is stopping
     * @throws IOException  if there is no platform at that socket, or none that this program can talk to
     */
    static ControlClient connect(Path socket) throws IOException {
        return connect(socket, System.in, new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err));
    }

    static ControlClient connect(Path socket, InputStream in, OutputStream out, OutputStream err)
            throws IOException {
        var client = new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)), in, out, err);
        try {
            client.greet();
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void greet() throws IOException {
        var greeted = new CountDownLatch(1);
        var watchdog = new Thread(new GreetingDeadline(greeted, socket), "reclaim-greeting");
        watchdog.setDaemon(true);
        watchdog.start();
        try {
            pid = channel.greetPlatform();
        } catch (ProtocolException e) {
            throw e;
        } catch (ClosedChannelException e) {
            throw new IOException("the platform does not answer; its JVM may be stopped, or out of memory", e);
        } catch (IOException e) {
            throw new EOFException("the platform closed the connection");
        } finally {
            greeted.countDown();
        }
    }

    /** The pid of the platform's JVM. */
    long pid() {
        return pid;
    }

    /**
     * Runs console commands, in this order, up to the first that fails.
     *
     * @return the exit status
     */
    int execute(List<String> lines) throws IOException {
        if (lines.size() > FrameChannel.MAX_COMMANDS) {
            throw new IOException("too many console commands: there can be " + FrameChannel.MAX_COMMANDS);
        }
        int all = 0;
        for (var line : lines) {
            var bytes = line.getBytes(StandardCharsets.UTF_8);
            all += bytes.length;
            if (bytes.length > FrameChannel.MAX_PAYLOAD || all > FrameChannel.MAX_REQUEST) {
                throw new IOException("the console commands are too long: one can have " + FrameChannel.MAX_PAYLOAD
                        + " bytes, all together " + FrameChannel.MAX_REQUEST);
            }
        }
        for (var line : lines) {
            channel.write(FrameType.COMMAND, line);
        }
        channel.write(FrameType.RUN, "");
        return converse();
    }

    /** Prints what the platform tells about itself. */
    int status() throws IOException {
        channel.write(FrameType.STATUS, "");
        return converse();
    }

    /** Asks the platform to stop; returns when it has begun to. */
    int stop() throws IOException {
        channel.write(FrameType.STOP, "");
        return converse();
    }

    /** How long the platform said that ending all processes may take, once it has been asked to stop. */
    OptionalLong stopMillis() {
        return stopMillis;
    }

    /** A console without a terminal: every line of the input is a command. */
    int attach() throws IOException {
        channel.write(FrameType.ATTACH, "");
        return converse();
    }

    /** A console with line editing, on a terminal that hands through every key. */
    int attach(WindowSize size, String terminalType) throws IOException {
        channel.write(FrameType.ATTACH, size + " " + terminalType);
        return converse();
    }

    /** Tells that the terminal has another size now. */
    void resize(WindowSize size) throws IOException {
        channel.write(FrameType.WINDOW, size.toString());
    }

    private int converse() throws IOException {
        for (var frame = channel.read(); frame.isPresent(); frame = channel.read()) {
            switch (frame.get().type()) {
                case OUTPUT -> print(out, frame.get().payload());
                case ERRORS -> print(err, frame.get().payload());
                case NEED_INPUT -> draw();
                case DEADLINE -> stopMillis = OptionalLong.of(millis(frame.get().text()));
                case END -> {
                    return frame.get().status();
                }
                default -> throw new ProtocolException("the platform sent " + frame.get().type());
            }
        }
        throw new IOException("the platform closed the connection: it is stopping");
    }

    private static long millis(String text) throws ProtocolException {
        if (!text.matches("\\d{1,9}")) {
            throw new ProtocolException("the platform sent the deadline '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private static void print(OutputStream stream, byte[] bytes) throws IOException {
        try {
            stream.write(bytes);
        } catch (IOException e) {
            throw new IOException("the output could not be written", e);
        }
    }

    /** Reads on a thread of its own: the input may never come, and the command may end without it. */
    private void draw() throws ProtocolException {
        synchronized (this) {
            if (drawing) {
                throw new ProtocolException("the platform asked twice for the same input");
            }
            drawing = true;
        }
        Thread.ofPlatform().daemon().name("reclaim-input").start(this::sendInput);
    }

    private void sendInput() {
        var buffer = new byte[INPUT_BYTES];
        int read;
        try {
            read = in.read(buffer);
        } catch (IOException e) {
            // As for any program whose standard input was closed.
            read = -1;
        }
        synchronized (this) {
            drawing = false;
        }
        try {
            channel.write(FrameType.INPUT, buffer, 0, Math.max(read, 0));
        } catch (IOException e) {
            // The one who reads the answers finds that out, too, and says so.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
