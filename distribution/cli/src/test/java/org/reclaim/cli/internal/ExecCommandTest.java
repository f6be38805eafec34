package org.reclaim.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecCommandTest {

    private final CommandProcessorImpl processor = new CommandProcessorImpl(null);
    private final TestTerminal terminal = new TestTerminal("");
    private final ExecCommand exec = new ExecCommand(processor, terminal.streams());

    /** Commands as a bundle would bring them; Gogo finds them by reflection. */
    public static final class Commands {

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

    @Test
    void printsWhatTheCommandReturnsAndSucceeds() {
        assertThat(exec.run("reclaim:types")).isZero();
        assertThat(terminal.out()).isEqualTo("sockets\nmemory\n\n");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void aCommandThatReturnsNothingPrintsNothing() {
        assertThat(exec.run("reclaim:nothing")).isZero();
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void findsOurCommandsFirstWhenNoScopeIsGiven() {
        assertThat(exec.run("show")).isZero();
        assertThat(terminal.out()).isEqualTo("ours\n");
    }

    @Test
    void theScopesOfOthersAreFoundByTheirNames() {
        assertThat(exec.run("others7:show")).isZero();
        assertThat(terminal.out()).isEqualTo("theirs\n");
    }

    @Test
    void aCommandThatFailsIsOneLineAndStatusOne() {
        assertThat(exec.run("reclaim:fail")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: pid is 'x' must be a number\n");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void anErrorOfACommandIsOneLineAndStatusOne() {
        assertThat(exec.run("reclaim:crash")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: out of luck\n");
    }

    @Test
    void anExceptionWithoutMessageIsNamed() {
        assertThat(exec.run("reclaim:silent")).isEqualTo(1);
        assertThat(terminal.err()).isEqualTo("reclaim: java.lang.UnsupportedOperationException\n");
    }

    @Test
    void anUnknownCommandIsOneLineAndStatusOne() {
        assertThat(exec.run("reclaim:nonsense 1 2")).isEqualTo(1);
        assertThat(terminal.err()).hasLineCount(1).contains("reclaim:nonsense");
    }

    @Test
    void aLineThatIsNoCommandIsOneLineAndStatusOne() {
        assertThat(exec.run("{ \"")).isEqualTo(1);
        assertThat(terminal.err()).hasLineCount(1).startsWith("reclaim: ");
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        try (var full = new PrintStream(new FileOutputStream("/dev/full"))) {
            var streams = new Terminal(InputStream.nullInputStream(), full, terminal.streams().err());

            assertThat(new ExecCommand(processor, streams).run("reclaim:types")).isEqualTo(1);
        }
        assertThat(terminal.err()).isEqualTo("reclaim: the output could not be written\n");
    }
}
