package org.reclaim.cli.internal.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.launcher.control.FrameType;

/** Over a real socket, with commands that are pieces of the tests. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlServerTest extends ServerTest {

    @Test
    void theSocketIsForItsOwnerOnly() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
    }

    @Test
    void aPathThatIsTooLongForASocketIsNamed() {
        var path = folder.resolve("x".repeat(120));

        assertThatIOException().isThrownBy(() -> new ControlServer(path, platform))
                .withMessageStartingWith("can't listen on " + path);
    }

    @Test
    void tellsItsStatus() throws Exception {
        try (var client = TestClient.asking(socket, FrameType.STATUS, "")) {
            assertThat(client.finish()).isZero();
            assertThat(client.out()).isEqualTo("running\n");
            assertThat(client.isClosed()).isTrue();
        }
        await().until(() -> server.connections() == 0);
    }

    @Test
    void stopsThePlatformAfterItHasAnswered() throws Exception {
        try (var client = TestClient.asking(socket, FrameType.STOP, "")) {
            assertThat(client.finish()).isZero();
            assertThat(client.deadline()).isEqualTo("45000");
            assertThat(platform.awaitStop()).isTrue();
        }
    }

    @Test
    void runsTheCommandsThatCameAndKeepsTheStreamsApart() throws Exception {
        platform.does(streams -> {
            streams.out().write("to out".getBytes(UTF_8));
            streams.err().write("to err".getBytes(UTF_8));
            return 7;
        });
        try (var client = TestClient.greeting(socket)) {
            client.send(FrameType.COMMAND, "a");
            client.send(FrameType.COMMAND, "b c");
            client.send(FrameType.RUN, "");

            assertThat(client.finish()).isEqualTo(7);

            assertThat(client.out()).isEqualTo("to out");
            assertThat(client.err()).isEqualTo("to err");
            assertThat(platform.next().asked).isEqualTo(List.of("a", "b c"));
        }
    }

    @Test
    void outputIsOnItsWayBeforeTheCommandEnds() throws Exception {
        var seen = new CountDownLatch(1);
        platform.does(streams -> {
            streams.out().write('x');
            return seen.await(20, TimeUnit.SECONDS) ? 0 : 1;
        });
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            assertThat(client.read().text()).isEqualTo("x");
            seen.countDown();
            assertThat(client.finish()).isZero();
        }
    }

    @Test
    void inputIsAskedForWhenItIsRead() throws Exception {
        platform.does(streams -> {
            streams.out().write(streams.in().readNBytes(4));
            return streams.in().read() == -1 ? 0 : 1;
        });
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            assertThat(client.read().type()).isEqualTo(FrameType.NEED_INPUT);
            client.send(FrameType.INPUT, "ab");
            assertThat(client.read().type()).isEqualTo(FrameType.NEED_INPUT);
            client.send(FrameType.INPUT, "cd");

            assertThat(client.finish()).isZero();
            assertThat(client.out()).isEqualTo("abcd");
        }
    }

    @Test
    void aConsoleKnowsItsTerminal() throws Exception {
        var resized = new CountDownLatch(1);
        platform.does(streams -> resized.await(20, TimeUnit.SECONDS) ? 0 : 1);
        try (var client = TestClient.asking(socket, FrameType.ATTACH, "100 30 xterm-256color")) {
            client.send(FrameType.WINDOW, "120 40");
            var console = platform.next();
            assertThat(console.asked)
                    .isEqualTo(Optional.of(new ClientTerminal(new WindowSize(100, 30), "xterm-256color")));
            assertThat(console.sizes.poll(20, TimeUnit.SECONDS)).isEqualTo(new WindowSize(120, 40));
            resized.countDown();
            assertThat(client.finish()).isZero();
        }
        try (var client = TestClient.asking(socket, FrameType.ATTACH, "100 30 -I/etc")) {
            assertThat(client.finish()).isZero();
            assertThat(platform.next().asked)
                    .isEqualTo(Optional.of(new ClientTerminal(new WindowSize(100, 30), "dumb")));
        }
    }

    @Test
    void whoPrintsForAClientThatHasGoneFails() throws Exception {
        platform.does(streams -> {
            while (true) {
                streams.out().write("again\n".getBytes(UTF_8));
            }
        });
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            assertThat(client.read().text()).isEqualTo("again\n");
        }

        var printer = platform.next();
        assertThat(printer.ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(printer.failure()).get().isInstanceOf(UncheckedIOException.class);
        assertThat(printer.cancelled.getCount()).as("ended by itself").isEqualTo(1);
        await().until(() -> server.connections() == 0);
    }

    @Test
    void whoWaitsForAClientThatHasGoneIsInterrupted() throws Exception {
        platform.does(streams -> {
            new CountDownLatch(1).await();
            return 0;
        });
        var client = TestClient.asking(socket, FrameType.RUN, "");
        var waiting = platform.next();
        client.close();

        assertThat(waiting.ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.failure()).get().isInstanceOf(InterruptedException.class);
    }

    @Test
    void whoReadsFromAClientThatHasGoneIsAtTheEnd() throws Exception {
        platform.does(streams -> streams.in().read() == -1 ? 5 : 6);
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            assertThat(client.read().type()).isEqualTo(FrameType.NEED_INPUT);
        }
        var reader = platform.next();
        assertThat(reader.ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.failure()).isEmpty();
    }

    @Test
    void aClientThatDoesNotReadHoldsTheCommandBackAndNothingElse() throws Exception {
        var printed = new AtomicLong();
        var line = new byte[1000];
        platform.does(streams -> {
            for (; printed.get() < 10_000_000; printed.addAndGet(line.length)) {
                streams.out().write(line);
            }
            return 0;
        });
        try (var slow = TestClient.asking(socket, FrameType.RUN, "")) {
            var printer = platform.next();
            await().until(() -> isWaiting(printer));
            // The box and the buffers of the socket, which the system chooses.
            assertThat(printed.get()).isLessThan(Outbox.CAPACITY + 2_000_000L);
            tellsItsStatus(server.connections());

            assertThat(slow.finish()).isZero();
            assertThat(slow.out()).hasSize(10_000_000);
        }
    }

    @Test
    void aPrinterThatIsHeldBackCanBeInterruptedAndTheConnectionGoesOn() throws Exception {
        var line = new byte[60_000];
        platform.does(streams -> {
            try {
                while (true) {
                    streams.out().write(line);
                }
            } catch (InterruptedIOException e) {
                streams.err().write("interrupted".getBytes(UTF_8));
                return 9;
            }
        });
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            var printer = platform.next();
            await().until(() -> isWaiting(printer));
            printer.thread().interrupt();

            assertThat(client.finish()).isEqualTo(9);
            assertThat(client.err()).isEqualTo("interrupted");
        }
    }

    private static boolean isWaiting(TestPlatform.Running work) {
        return work.thread() != null && work.thread().getState() == Thread.State.WAITING;
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        platform.does(streams -> {
            new CountDownLatch(1).await();
            return 0;
        });
        try (var client = TestClient.asking(socket, FrameType.RUN, "")) {
            var waiting = platform.next();

            server.close();

            assertThat(client.isClosed()).isTrue();
            assertThat(waiting.ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
