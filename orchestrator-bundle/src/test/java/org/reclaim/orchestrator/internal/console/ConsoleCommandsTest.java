package org.reclaim.orchestrator.internal.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Process;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.ProcessLimits;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.ResourceTable;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;
import org.reclaim.orchestrator.internal.testing.Patience;

/** The commands in a session of the real Gogo, on a real platform with one type. */
class ConsoleCommandsTest {

    private final Flags flags = new Flags();
    private final EmbeddedProcessManager platform = ProcessManagers.builder().with(flags).build();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(null);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final CommandSession session = gogo.createSession(InputStream.nullInputStream(), out, out);

    /** A type whose resources are flags, set when they are released, unless that is made to fail. */
    private static final class Flags implements ResourceTypeProvider, ResourceCleanup {

        private ResourceTable<AtomicBoolean> table;
        private volatile boolean broken;

        @Override
        public String resourceType() {
            return "flags";
        }

        @Override
        public int ranking() {
            return 450;
        }

        @Override
        public ResourceCleanup create(ResourceTables tables) {
            table = tables.open("flags", AtomicBoolean.class, flag -> {
                if (broken) {
                    throw new IllegalStateException("the pole is stuck");
                }
                flag.set(true);
            });
            return this;
        }

        @Override
        public CleanupStats cleanup(long pid) {
            return table.releaseAll(pid);
        }

        @Override
        public boolean hasResources(long pid) {
            return table.hasResources(pid);
        }

        AtomicBoolean raise(long pid, String label) {
            try (var place = table.reserve(pid, 64)) {
                return place.track(new AtomicBoolean(), label).get();
            }
        }
    }

    /** Returns what is piped into it. */
    public static final class Reader {

        public String piped() throws IOException {
            return new String(Process.Utils.current().in().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    ConsoleCommandsTest() {
        gogo.addConverter(new ConsoleFormat());
        gogo.addCommand("reclaim", new ConsoleCommands(platform, platform.scheduler(), platform.inventory()));
    }

    @AfterEach
    void stop() {
        flags.broken = false;
        platform.close();
        gogo.stop();
    }

    @Test
    void typesShowsWhatIsBoundAndHowMuchIsLive() throws Exception {
        flags.raise(start("a"), "first");
        flags.raise(start("b"), "second");

        assertThat(shown("reclaim:types").lines()).hasSize(2).last().asString()
                .matches("flags +450 +- +2 +128 +0 +bound");
    }

    @Test
    void psShowsTheLiveProcesses() throws Exception {
        long ended = start("ended");
        platform.terminate(ended);
        long live = start("live");

        assertThat(shown("reclaim:ps").lines()).hasSize(2).last().asString()
                .matches(" +" + live + " +live +LOGICAL +RUNNING +- +- +\\S+Z");
    }

    @Test
    void scriptsGetTheRecordsOfTheApi() throws Exception {
        long pid = start("a");

        assertThat(session.execute("reclaim:ps")).isEqualTo(platform.processes());
        assertThat(session.execute("((reclaim:ps) get 0) pid")).isEqualTo(pid);
        assertThat(session.execute("(reclaim:terminate " + pid + ") reason")).hasToString("TERMINATED");
    }

    @Test
    void aPipeGetsTheTable() throws Exception {
        gogo.addCommand("test", new Reader());
        start("a");

        assertThat(session.execute("reclaim:ps | test:piped")).asString().startsWith("PID  NAME").hasLineCount(2);
    }

    @Test
    void showNamesEachResource() throws Exception {
        long pid = start("a");
        flags.raise(pid, "on the roof");

        assertThat(shown("reclaim:show " + pid)).startsWith("Process " + pid + " 'a': LOGICAL, RUNNING, started ")
                .endsWith("flags  LIVE      64  on the roof");
    }

    @Test
    void showTellsOfAnEndedProcessWhatItGaveBack() throws Exception {
        long pid = start("a");
        flags.raise(pid, "on the roof");
        platform.terminate(pid);

        assertThat(shown("reclaim:show " + pid)).contains("It ended (TERMINATED) and gave back 1 resource, 64 bytes")
                .doesNotContain("Still held");
    }

    @Test
    void terminateEndsAProcessAndSaysWhatWasFreed() throws Exception {
        long pid = start("a");
        var flag = flags.raise(pid, "on the roof");

        var shown = shown("reclaim:terminate " + pid);

        assertThat(flag).isTrue();
        assertThat(platform.processes()).isEmpty();
        assertThat(shown).contains("It ended (TERMINATED) and gave back 1 resource, 64 bytes")
                .containsPattern("flags +FREED +1 +64 +0 +\\d+");
    }

    @Test
    void terminateTwiceIsHarmless() throws Exception {
        long pid = start("a");

        assertThat(session.execute("reclaim:terminate " + pid)).isEqualTo(session.execute("reclaim:terminate " + pid));
    }

    @Test
    void unsettledShowsWhatCouldNotBeFreed() throws Exception {
        long pid = start("a");
        flags.raise(pid, "on the roof");
        flags.broken = true;
        platform.terminate(pid);

        assertThat(shown("reclaim:unsettled").lines()).hasSize(2).last().asString()
                .matches(" +" + pid + " +flags +FAILED +1 +64 +\\d+ +\\S+Z +.*the pole is stuck.*");
        assertThat(shown("reclaim:show " + pid)).contains("Still held:").contains("on the roof");
        assertThat(shown("reclaim:history")).contains("flags: FAILED");
    }

    @Test
    void historyShowsTheLatestEndFirst() throws Exception {
        platform.terminate(start("first"));
        platform.terminate(start("second"));

        assertThat(shown("reclaim:history").lines().map(line -> line.strip().split(" +")[1]))
                .containsExactly("NAME", "second", "first");
    }

    @Test
    void coverageComparesWithWhatIsExpected() throws Exception {
        assertThat(session.execute("reclaim:coverage")).isEqualTo(platform.inventory().coverage());
    }

    @Test
    void queueShowsWhatWaitsInTheOrderInWhichItWillStart() throws Exception {
        var done = new CountDownLatch(1);
        var ran = new ConcurrentLinkedQueue<String>();
        assertThat(shown("reclaim:queue")).isEqualTo("Nothing waits. 0 running, no limit, policy FIFO.");
        shown("reclaim:places 1");
        long runs = platform.start(ProcessSpec.task("runs", () -> awaitUninterruptibly(done))).pid();
        long first = platform.start(ProcessSpec.task("first", () -> ran.add("first"))).pid();
        long second = platform.start(ProcessSpec.task("second", () -> ran.add("second")).withGroup("night")).pid();

        assertThat(shown("reclaim:queue").lines()).hasSize(3).last().asString()
                .matches(" +" + second + "  second  TASK  night +50 +\\d+ s");
        assertThat(shown("reclaim:ps")).containsPattern("first +TASK +READY");
        assertThat(shown("reclaim:policy priority")).isEqualTo("1 of 1 places taken, policy PRIORITY.");
        assertThat(shown("reclaim:priority " + second + " 100").lines().skip(1).map(line -> line.strip().split(" ")[0]))
                .containsExactly(Long.toString(second), Long.toString(first));
        assertThat(shown("reclaim:group " + second + " day")).contains("day");
        assertThat(session.execute("((reclaim:queue) get 0) priority")).isEqualTo(100);

        done.countDown();
        Patience.until(() -> platform.processes().isEmpty());
        // One ran after the other. Their ends may overlap: a place is given on before what was held is freed.
        assertThat(ran).containsExactly("second", "first");
        assertThat(platform.history())
                .extracting(end -> end.process().pid())
                .containsExactlyInAnyOrder(first, second, runs);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatTheQueueIsToldWrongFailsWithALineThatSaysWhatIsRight() {
        assertThatThrownBy(() -> session.execute("reclaim:priority 1 high"))
                .hasMessage("priority is 'high', must be a number from 0 to 100");
        assertThatThrownBy(() -> session.execute("reclaim:policy lottery"))
                .hasMessage("policy is 'lottery', must be one of [FIFO, PRIORITY, FAIR]");
        assertThatThrownBy(() -> session.execute("reclaim:priority " + start("logical") + " 1"))
                .hasMessage("Process 1 does not wait for a place: it is a LOGICAL and RUNNING");
    }

    @Test
    void showNamesTheLimitsAndTypesWhatTheyRefused() throws Exception {
        var spec = ProcessSpec.logical("limited").withLimits(ProcessLimits.NONE.withResources("flags", 1));
        long pid = platform.start(spec).pid();
        flags.raise(pid, "on the roof");
        assertThatThrownBy(() -> flags.raise(pid, "one more")).isInstanceOf(ResourceLimitException.class);

        assertThat(shown("reclaim:show " + pid).lines()).last().asString()
                .matches("flags +process 1 and all below it +1 +1 +1");
        assertThat(shown("reclaim:types")).containsPattern("flags +450 +- +1 +64 +1 +bound");
    }

    @Test
    void aPidThatIsNoneFailsWithALineThatSaysWhatIsRight() {
        for (var pid : List.of("abc", "-1", "0", "1.5", "12x", "99999999999999999999", "''")) {
            for (var command : List.of("reclaim:show ", "reclaim:terminate ")) {
                assertThatThrownBy(() -> session.execute(command + pid))
                        .as(command + pid)
                        .hasMessageMatching("pid is '.*', must be a number from 1")
                        .message()
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void anUnknownPidFailsWithALineThatNamesIt() {
        for (var command : List.of("reclaim:show 4711", "reclaim:terminate 4711")) {
            assertThatThrownBy(() -> session.execute(command))
                    .hasMessageStartingWith("There is no process 4711")
                    .message()
                    .hasLineCount(1);
        }
    }

    @Test
    void everyCommandAndEachOfItsParametersHasADescription() {
        var methods = Arrays.stream(ConsoleCommands.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .toList();

        assertThat(methods).hasSize(14).allMatch(method -> method.isAnnotationPresent(Descriptor.class));
        assertThat(methods).flatMap(method -> List.of(method.getParameters()))
                .allMatch(parameter -> parameter.isAnnotationPresent(Descriptor.class));
    }

    private long start(String name) {
        return platform.start(ProcessSpec.logical(name)).pid();
    }

    private String shown(String line) throws Exception {
        return session.format(session.execute(line), Converter.INSPECT).toString();
    }
}
