package org.reclaim.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecCommandTest {

    private final CommandProcessorImpl processor = new CommandProcessorImpl(null);
    private final TestTerminal terminal = new TestTerminal("");
    private final CountDownLatch blocked = new CountDownLatch(1);

    /** Commands as a bundle would bring them; Gogo finds them by reflection. */
    public final class Commands {

        public List<String> types() {
            return List.of("sockets", "memory");
        }

        public Object nothing() {
            return null;
        }

        public String show() {
            return "ours";
        }

        public void fail() {
            throw new IllegalArgumentException("pid is 'x'\n  must be a number");
        }

        public void crash() {
            throw new AssertionError("out of luck");
        }

        public String echo(String text) {
            return text;
        }

        public void block() throws InterruptedException {
            blocked.countDown();
            new CountDownLatch(1).await();
        }

        public void silent() {
            throw new UnsupportedOperationException();
        }
    }

    /** Somebody else's command of the same name. */
    public static final class Others {

        public String show() {
            return "theirs";
        }
    }

    ExecCommandTest() {
        // Many, because without preference it is up to hash codes whose command is found.
        for (int i = 0; i < 50; i++) {
            processor.addCommand("others" + i, new Others(), Others.class);
        }
        processor.addCommand("reclaim", new Commands(), Commands.class);
    }

    @AfterEach
    void stop() {
        processor.stop();
    }

    private int run(String... lines) {
        return new ExecCommand(processor, terminal.streams()).run(List.of(lines));
    }

    @Test
    void printsWhatTheCommandReturnsAndSucceeds() {
        assertThat(run("reclaim:types")).isZero();
        assertThat(terminal.out()).isEqualTo("sockets\nmemory\n\n");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void aCommandThatReturnsNothingPrintsNothing() {
        assertThat(run("reclaim:nothing")).isZero();
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void findsOurCommandsFirstWhenNoScopeIsGiven() {
        assertThat(run("show")).isZero();
        assertThat(terminal.out()).isEqualTo("ours\n");
    }

    @Test
    void theScopesOfOthersAreFoundByTheirNames() {
        assertThat(run("others7:show")).isZero();
        assertThat(terminal.out()).isEqualTo("theirs\n");
    }

    @Test
    void aCommandThatFailsIsOneLineAndStatusOne() {
        assertThat(run("reclaim:fail")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: pid is 'x' must be a number\n");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void anErrorOfACommandIsOneLineAndStatusOne() {
        assertThat(run("reclaim:crash")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: out of luck\n");
    }

    @Test
    void anExceptionWithoutMessageIsNamed() {
        assertThat(run("reclaim:silent")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: java.lang.UnsupportedOperationException\n");
    }

    @Test
    void anUnknownCommandIsOneLineAndStatusOne() {
        assertThat(run("reclaim:nonsense 1 2")).isEqualTo(1);
        assertThat(terminal.err()).hasLineCount(1).contains("reclaim:nonsense");
    }

    @Test
    void aLineThatIsNoCommandIsOneLineAndStatusOne() {
        assertThat(run("{ \"")).isEqualTo(1);
        assertThat(terminal.err()).hasLineCount(1).startsWith("reclaim: ");
    }

    @Test
    void severalCommandsAreOneSession() {
        assertThat(run("x = 5", "reclaim:show", "reclaim:echo $x")).isZero();
        assertThat(terminal.out()).isEqualTo("5\nours\n5\n");
    }

    @Test
    void theFirstCommandThatFailsIsTheLast() {
        assertThat(run("reclaim:show", "reclaim:fail", "reclaim:show")).isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("ours\n");
        assertThat(terminal.err()).hasLineCount(1);
    }

    @Test
    void cancellingInterruptsTheCommandAndKeepsTheNextFromRunning() throws Exception {
        var exec = new ExecCommand(processor, terminal.streams());
        var status = CompletableFuture.supplyAsync(() -> exec.run(List.of("reclaim:block", "reclaim:show")));
        assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();

        exec.cancel();

        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        try (var full = new PrintStream(new FileOutputStream("/dev/full"))) {
            var streams = new Terminal(InputStream.nullInputStream(), full, terminal.streams().err());

            assertThat(new ExecCommand(processor, streams).run(List.of("reclaim:types"))).isEqualTo(1);
        }
        assertThat(terminal.err()).isEqualTo("reclaim: the output could not be written\n");
    }
}
