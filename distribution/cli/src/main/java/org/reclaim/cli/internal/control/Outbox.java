package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.reclaim.launcher.control.Frame;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to a client. Who puts something in waits while {@value #CAPACITY} bytes are in it, and can be
 * interrupted; the thread that runs this takes it out and sends it. Thread-safe.
 */
final class Outbox implements Runnable {

    static final int CAPACITY = 262_144;

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final FrameChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All guarded by the lock.
    private final Deque<Frame> frames = new ArrayDeque<>();
    private int bytes;
    private boolean finished;
    private boolean abandoned;
    private boolean sent;

    Outbox(FrameChannel channel) {
        this.channel = channel;
    }

    /**
     * Puts a frame in.
     *
     * @throws UncheckedIOException   if the client has gone
     * @throws InterruptedIOException if this thread is interrupted while it waits for room; then nothing was put in
     */
    void put(FrameType type, byte[] buffer, int offset, int length) throws InterruptedIOException {
        lock.lock();
        try {
            // Without room for all of it, but when there is nothing else: else what is bigger would never fit.
            while (!abandoned && !finished && bytes > 0 && bytes + length > CAPACITY) {
                changed.await();
            }
            if (abandoned || finished) {
                throw new UncheckedIOException(new IOException("The client has gone"));
            }
            frames.add(new Frame(type, Arrays.copyOfRange(buffer, offset, offset + length)));
            bytes += length;
            changed.signalAll();
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException("interrupted while the client did not read")
                    .initCause(e);
        } finally {
            lock.unlock();
        }
    }

    /** A stream whose bytes become frames of a type, as they are written. */
    OutputStream stream(FrameType type) {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                for (int done = 0; done < length; done += FrameChannel.MAX_PAYLOAD) {
                    put(type, buffer, offset + done, Math.min(length - done, FrameChannel.MAX_PAYLOAD));
                }
            }
        };
    }

    /** After this there is only the end: what is in the box is sent, then the connection is closed. */
    void finish(int status) {
        lock.lock();
        try {
            if (!finished) {
                finished = true;
                frames.add(Frame.end(status));
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody reads any more: what is in the box is dropped, and nothing more can be put in. */
    void abandon() {
        lock.lock();
        try {
            abandoned = true;
            frames.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all was sent or nobody wants it, at most that long; false if neither happened. */
    boolean awaitSent(long seconds) throws InterruptedException {
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (!sent && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return sent;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try (channel) {
            for (var frame = next(); frame != null; frame = next()) {
                channel.write(frame.type(), frame.payload(), 0, frame.payload().length);
            }
        } catch (IOException e) {
            LOG.debug("A client has gone", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            abandon();
            setSent();
        }
    }

    /** Null when there is no more. */
    private Frame next() throws InterruptedException {
        lock.lock();
        try {
            while (frames.isEmpty() && !finished && !abandoned) {
                changed.await();
            }
            var frame = frames.poll();
            if (frame != null) {
                bytes -= frame.payload().length;
                changed.signalAll();
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    private void setSent() {
        lock.lock();
        try {
            sent = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
