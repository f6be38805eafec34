package org.reclaim.launcher.control;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One end of a connection; the package describes what goes over it. One thread at a time may read; any may write, and a
 * frame is never split by another. A thread that is interrupted while it reads or writes closes the connection, as it
 * is with the channels of the JDK.
 */
public final class FrameChannel implements Closeable {

    /** The name of the socket in the runtime folder of a platform. */
    public static final String SOCKET_NAME = "control.sock";
    /** Version of the protocol: 1 to 127. */
    public static final byte VERSION = 1;
    /** The most bytes that a frame carries. */
    public static final int MAX_PAYLOAD = 65_536;
    /** The most commands of one request. */
    public static final int MAX_COMMANDS = 10_000;
    /** The most bytes that the commands of one request have together. */
    public static final int MAX_REQUEST = 1_048_576;

    private static final byte[] MAGIC = "RECLAIM".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 5;

    private final ByteChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(HEADER + MAX_PAYLOAD).limit(0);
    private final ReentrantLock writing = new ReentrantLock();

    /** Takes a connected channel, in blocking mode, which it closes with itself. */
    public FrameChannel(ByteChannel channel) {
        this.channel = channel;
    }

    /**
     * The client's greeting, and the platform's.
     *
     * @return the pid of the platform's JVM
     * @throws ProtocolException if the other side is no platform, or one with another version
     */
    public long greetPlatform() throws IOException {
        send(greeting(0).limit(MAGIC.length + 1));
        if (!receive(MAGIC.length + 1 + Long.BYTES)) {
            throw new EOFException("the platform closed the connection");
        }
        byte version = receivedVersion();
        if (version != VERSION) {
            throw new ProtocolException("the platform speaks version " + version + " of the protocol, this program "
                    + VERSION + ": use the program of the platform's installation");
        }
        return received.getLong();
    }

    /**
     * The greeting of a platform, after the client's.
     *
     * @param pid of this JVM
     * @throws ProtocolException if the other side is no client, or one with another version; that one has been answered
     */
    public void greetClient(long pid) throws IOException {
        if (!receive(MAGIC.length + 1)) {
            throw new EOFException("no greeting");
        }
        byte version = receivedVersion();
        send(greeting(pid));
        if (version != VERSION) {
            throw new ProtocolException("version " + version + " instead of " + VERSION);
        }
    }

    private static ByteBuffer greeting(long pid) {
        return ByteBuffer.allocate(MAGIC.length + 1 + Long.BYTES).put(MAGIC).put(VERSION).putLong(pid).flip();
    }

    private byte receivedVersion() throws ProtocolException {
        for (byte expected : MAGIC) {
            if (received.get() != expected) {
                throw new ProtocolException("no greeting of Reclaim");
            }
        }
        return received.get();
    }

    /**
     * Waits for the next frame.
     *
     * @return empty when the other side has closed the connection after a whole frame
     * @throws ProtocolException if what comes is no frame
     * @throws EOFException      if the connection ends within a frame
     */
    public Optional<Frame> read() throws IOException {
        if (!receive(HEADER)) {
            return Optional.empty();
        }
        byte code = received.get();
        int length = received.getInt();
        var type = FrameType.of(code);
        if (type.isEmpty()) {
            throw new ProtocolException("there is no frame " + code);
        }
        if (length < 0 || length > MAX_PAYLOAD) {
            throw new ProtocolException("a frame of " + length + " bytes, the most are " + MAX_PAYLOAD);
        }
        if (!receive(length)) {
            throw new EOFException("the connection ended within a frame");
        }
        var payload = new byte[length];
        received.get(payload);
        return Optional.of(new Frame(type.get(), payload));
    }

    /** Sends a frame; waits while the other side does not read. */
    public void write(FrameType type, byte[] bytes, int offset, int length) throws IOException {
        if (length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("length is " + length + ", must be at most " + MAX_PAYLOAD);
        }
        send(ByteBuffer.allocate(HEADER + length).put(type.code()).putInt(length).put(bytes, offset, length).flip());
    }

    /** Sends a frame of text. */
    public void write(FrameType type, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        write(type, bytes, 0, bytes.length);
    }

    private void send(ByteBuffer bytes) throws IOException {
        writing.lock();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            writing.unlock();
        }
    }

    /** Waits until that many bytes are there; false if the connection ended before the first of them. */
    private boolean receive(int count) throws IOException {
        if (received.remaining() >= count) {
            return true;
        }
        received.compact();
        while (received.position() < count) {
            if (channel.read(received) < 0) {
                boolean nothing = received.position() == 0;
                received.flip();
                if (nothing) {
                    return false;
                }
                throw new EOFException("the connection ended within a frame");
            }
        }
        received.flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
