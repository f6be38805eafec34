package org.reclaim.cli.internal.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the socket of the platform. The socket file is for its owner only, in a folder that is so, too: whoever
 * can connect is that user, or root.
 */
final class ControlServer implements AutoCloseable {

    /** How many connections are served at once; more wait until they are accepted. */
    static final int MAX_CONNECTIONS = 64;
    /** How many of them may have commands or consoles: so there is always one left for status and stop. */
    static final int MAX_WORK = 32;

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RETRY_MILLIS = 500;

    private final Path socket;
    private final PlatformWork platform;
    private final ServerSocketChannel listener;
    private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    private final Semaphore work = new Semaphore(MAX_WORK);
    private final Map<ControlConnection, Thread> open = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadFactory conversing;
    private final Thread accepting;

    /**
     * Listens from now on.
     *
     * @param socket where; a file of an earlier server is replaced
     * @throws IOException if it can't, for example because the path is too long for a socket
     */
    ControlServer(Path socket, PlatformWork platform) throws IOException {
        this(socket, platform, Thread.ofPlatform().daemon().name("reclaim-control-in").factory());
    }

    /** The same, with other threads for the conversations. */
    ControlServer(Path socket, PlatformWork platform, ThreadFactory conversing) throws IOException {
        this.socket = socket;
        this.platform = platform;
        this.conversing = conversing;
        Files.deleteIfExists(socket);
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket), MAX_CONNECTIONS);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            listener.close();
            throw new IOException("can't listen on " + socket + ": " + e.getMessage(), e);
        }
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("reclaim-control-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        accepting = Thread.ofPlatform().daemon().name("reclaim-control").start(this::accept);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                connections.acquire();
                boolean taken = false;
                try {
                    converse();
                    taken = true;
                } finally {
                    if (!taken) {
                        connections.release();
                    }
                }
            } catch (ClosedChannelException | InterruptedException e) {
                return;
            } catch (Throwable t) {   // out of memory or threads, too: without this thread nobody can stop the platform
                complain(t);
                pause();
            }
        }
    }

    private void complain(Throwable failure) {
        try {
            LOG.warn("No connection could be accepted on {}, going on", socket, failure);
        } catch (VirtualMachineError e) {
            // Going on matters more than saying so.
            return;
        }
    }

    /** Out of descriptors or threads, for example: it would fail at once again. */
    private void pause() {
        try {
            timer.awaitTermination(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void converse() throws IOException {
        var channel = listener.accept();
        boolean begun = false;
        try {
            begin(new ControlConnection(channel, platform, work, timer));
            begun = true;
        } finally {
            if (!begun) {
                channel.close();
            }
        }
    }

    private void begin(ControlConnection connection) {
        var thread = conversing.newThread(() -> {
            try {
                connection.run();
            } finally {
                open.remove(connection);
                connections.release();
            }
        });
        open.put(connection, thread);
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                open.remove(connection);
            }
        }
    }

    /** Listens no more, ends all conversations, and waits a moment for what they began. */
    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket);
        accepting.interrupt();
        try {
            long deadline = System.nanoTime() + CLOSE_NANOS;
            // After this there are no new ones.
            accepting.join(Duration.ofNanos(CLOSE_NANOS));
            for (var connection : open.keySet()) {
                connection.close();
            }
            for (var thread : open.values()) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            // By one of these conversations, which stops this very bundle: it is not waited for.
            Thread.currentThread().interrupt();
        } finally {
            timer.shutdownNow();
        }
    }

    /** How many clients are connected. */
    int connections() {
        return open.size();
    }
}
