package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.reclaim.launcher.control.FrameType;
import org.reclaim.launcher.control.ProtocolException;

/**
 * The input of a client, which is asked for it when somebody reads more than there is. So it never has more than one
 * frame. Thread-safe; reading can be interrupted.
 */
final class DrawnInput extends InputStream {

    private final Outbox outbox;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All guarded by the lock.
    private byte[] buffer = new byte[0];
    private int position;
    private boolean asked;
    private boolean ended;

    DrawnInput(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = take(target, offset, length);
        while (count == 0) {
            ask();
            count = take(target, offset, length);
        }
        return count;
    }

    /** Waits for input; 0 if it has to be asked for first. */
    private int take(byte[] target, int offset, int length) throws InterruptedIOException {
        lock.lock();
        try {
            while (position == buffer.length && !ended) {
                if (!asked) {
                    asked = true;
                    return 0;
                }
                changed.await();
            }
            if (position == buffer.length) {
                return -1;
            }
            int count = Math.min(length, buffer.length - position);
            System.arraycopy(buffer, position, target, offset, count);
            position += count;
            return count;
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException("interrupted while it waited for input")
                    .initCause(e);
        } finally {
            lock.unlock();
        }
    }

    /** Not under the lock: it waits while the client does not read. */
    private void ask() throws InterruptedIOException {
        boolean sent = false;
        try {
            outbox.put(FrameType.NEED_INPUT, new byte[0], 0, 0);
            sent = true;
        } finally {
            if (!sent) {
                lock.lock();
                try {
                    asked = false;
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    @Override
    public int available() {
        lock.lock();
        try {
            return buffer.length - position;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the client sent; nothing means that there is no more.
     *
     * @throws ProtocolException if nobody asked for it
     */
    void supply(byte[] bytes) throws ProtocolException {
        lock.lock();
        try {
            if (!asked) {
                throw new ProtocolException("input that nobody asked for");
            }
            asked = false;
            buffer = bytes;
            position = 0;
            ended |= bytes.length == 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** There is no more, because the client has gone. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
