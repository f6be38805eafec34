package org.reclaim.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Standard output and error of a platform in the background: what is printed before there is a log, what the JVM says
 * when it crashes, what plug-ins print. The file of the run before stays beside it.
 */
final class ConsoleLog {
    /** The most that it keeps, bytes. */
    static final long MAX_BYTES = 1_048_576;

    private static final long LOOK_SECONDS = 10;
    private static final int EXCERPT_LINES = 20;
    private static final int EXCERPT_BYTES = 16_384;

    private final Path file;

    ConsoleLog(Path folder) {
        this.file = folder.resolve("console.log");
    }

    Path file() {
        return file;
    }

    /** Puts the file of the last run aside. */
    void startAnew() throws IOException {
        try {
            Files.move(file, file.resolveSibling("console.log.1"), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            return;   // there was none
        }
    }

    /** Its last lines, indented. */
    List<String> excerpt() throws IOException {
        try (var end = new RandomAccessFile(file.toFile(), "r")) {
            end.seek(Math.max(0, end.length() - EXCERPT_BYTES));
            var bytes = new byte[EXCERPT_BYTES];
            int count = Math.max(0, end.read(bytes));
            var lines = new String(bytes, 0, count, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - EXCERPT_LINES), lines.size()).stream()
                    .map(line -> "  " + line)
                    .toList();
        }
    }

    /**
     * Empties the file whenever it has become too big, for as long as this JVM lives. From outside, because many write
     * to it: the JVM itself, plug-ins, commands that inherited it. They append, so they go on at the new end.
     */
    void keepSmall() {
        Thread.ofPlatform().daemon().name("reclaim-console-log").start(() -> {
            var never = new CountDownLatch(1);
            try {
                while (!never.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                    cut();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Empties it if it is too big. */
    void cut() {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() > MAX_BYTES) {
                channel.truncate(0);
                System.err.println("reclaim: this file was emptied, it had more than " + MAX_BYTES + " bytes");
            }
        } catch (IOException e) {
            System.err.println("reclaim: " + file + " can't be kept small: " + e);
        }
    }
}
