package org.reclaim.launcher;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform that serves a home, found by the lock of that home; it may be starting or stopping.
 *
 * @param folder its runtime folder
 */
record RunningPlatform(Path folder) {
    /** How long a platform that is starting is waited for, nanoseconds. */
    private static final long READY_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** The platform that serves the home, if one runs. */
    static Optional<RunningPlatform> of(Home home) throws IOException {
        var folder = HomeLock.find(home);
        return folder.isPresent() ? Optional.of(new RunningPlatform(folder.get())) : Optional.empty();
    }

    /** What it has written down as its pid, for people to look at. */
    String pid() throws IOException {
        return RuntimeFolder.pidOf(folder);
    }

    /** Whether its JVM lives. */
    boolean isAlive() throws IOException {
        return RuntimeFolder.isAlive(folder);
    }

    /**
     * Connects.
     *
     * @return empty if it is not ready, or not any more
     */
    Optional<ControlClient> connect() throws IOException {
        var socket = RuntimeFolder.socketOf(folder);
        if (!Files.exists(socket)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ControlClient.connect(socket));
        } catch (SocketException | EOFException e) {
            // It has just stopped to listen.
            return Optional.empty();
        }
    }

    /**
     * Connects as soon as it is ready.
     *
     * @return empty if it has stopped
     * @throws IOException if it does not become ready
     */
    Optional<ControlClient> connectWhenReady() throws IOException {
        long start = System.nanoTime();
        var client = connect();
        while (client.isEmpty() && isAlive()) {
            if (System.nanoTime() - start > READY_NANOS) {
                throw new IOException("process " + pid() + " is there, but does not listen: it is starting or stopping,"
                        + " or its bundle org.reclaim.cli is not active");
            }
            pause();
            client = connect();
        }
        return client;
    }

    /** Between two looks: the file system and other processes tell nobody when they change. */
    static void pause() {
        LockSupport.parkNanos(POLL_NANOS);
    }
}
