package org.reclaim.cli.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.service.command.Process;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.launcher.control.FrameType;

/** Gogo behind the socket: commands, and consoles without a terminal. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GogoPlatformTest {

    private final CommandProcessorImpl processor = new CommandProcessorImpl(null);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    @TempDir
    private Path folder;

    private Path socket;
    private ControlServer server;

    /** Commands as a bundle would bring them; Gogo finds them by reflection. */
    public final class Commands {

        public String hello() {
            return "hello";
        }

        public String call(Object function) {
            return "called " + function.getClass().getSimpleName();
        }

        /** The end of something else, not of the command line. */
        public void end() throws EOFException {
            calls.incrementAndGet();
            throw new EOFException("no more");
        }

        public void fail() {
            throw new IllegalStateException("it failed");
        }

        /** Looks neither for interrupts nor for errors of the stream. */
        public void endless() {
            PrintStream out = Process.Utils.current().out();
            begun.countDown();
            try {
                while (true) {
                    out.println("again");
                }
            } finally {
                ended.countDown();
            }
        }

        public void block() throws InterruptedException {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.countDown();
            }
        }
    }

    @BeforeEach
    void listen() throws IOException {
        processor.addCommand("reclaim", new Commands(), Commands.class);
        socket = folder.resolve("s");
        server = new ControlServer(socket, new GogoPlatform(null, processor, null, () -> 1));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        processor.stop();
    }

    @Test
    void runsCommandsAndPrintsWhatTheyReturn() throws Exception {
        try (var client = run("hello", "fail", "hello")) {
            assertThat(client.finish()).isEqualTo(1);
            assertThat(client.out()).isEqualTo("hello\n");
            assertThat(client.err()).isEqualTo("reclaim: it failed\n");
        }
    }

    @Test
    void aCommandThatPrintsWithoutEndEndsWithItsClient() throws Exception {
        try (var client = run("endless")) {
            assertThat(client.read().text()).startsWith("again");
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCommandThatWaitsEndsWithItsClient() throws Exception {
        var client = run("block");
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void everyLineOfAPipeIsACommand() throws Exception {
        assertThat(pipe("hello\n\nhello")).isEqualTo("hello\nhello\n status 0");
    }

    @Test
    void aFailureIsNotTheEndOfAPipeAndItsStatusIsThatOfTheLast() throws Exception {
        assertThat(pipe("fail\nhello\n")).isEqualTo("hello\nreclaim: it failed\n status 0");
        assertThat(pipe("hello\nfail\n")).isEqualTo("hello\nreclaim: it failed\n status 1");
    }

    @Test
    void leavingAPipeEndsIt() throws Exception {
        assertThat(pipe("hello\n exit \nhello\n")).isEqualTo("hello\n status 0");
    }

    @Test
    void aCommandMayHaveSeveralLines() throws Exception {
        assertThat(pipe("call {\n hello\n}\n")).isEqualTo("called Closure\n status 0");
        assertThat(pipe("call {\n hello\n")).endsWith(" status 1").contains("reclaim: ");
    }

    @Test
    void aCommandThatRunsIntoAnEndIsNotRunAgain() throws Exception {
        assertThat(pipe("end\nhello\n")).isEqualTo("hello\nreclaim: no more\n status 0");
        assertThat(calls).hasValue(1);
    }

    @Test
    void aLineWithoutEndIsRefused() throws Exception {
        try (var client = TestClient.asking(socket, FrameType.ATTACH, "")) {
            // The reader of characters asks for more as soon as it has used up what there is.
            for (int sent = 0; sent <= LineConsole.MAX_COMMAND; sent += 10_000) {
                assertThat(client.read().type()).isEqualTo(FrameType.NEED_INPUT);
                client.send(FrameType.INPUT, "x".repeat(10_000));
            }
            assertThat(client.finish()).isEqualTo(1);
            assertThat(client.err()).isEqualTo("reclaim: a command of more than 65536 characters\n");
        }
    }

    private TestClient run(String... lines) throws IOException {
        var client = TestClient.greeting(socket);
        for (var line : lines) {
            client.send(FrameType.COMMAND, line);
        }
        client.send(FrameType.RUN, "");
        return client;
    }

    /** What a console printed, then what it complained of, then its status. */
    private String pipe(String input) throws IOException {
        try (var client = TestClient.asking(socket, FrameType.ATTACH, "")) {
            assertThat(client.read().type()).isEqualTo(FrameType.NEED_INPUT);
            client.send(FrameType.INPUT, input);
            int status = client.finish();
            return client.out() + client.err() + " status " + status;
        }
    }
}
