package org.reclaim.orchestrator.internal.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.service.command.Converter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Coverage;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessState;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.UnsettledResources;

/** What people read, through a session of the real Gogo. */
class ConsoleFormatTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123Z");

    private final CommandProcessorImpl gogo = new CommandProcessorImpl(null);

    ConsoleFormatTest() {
        gogo.addConverter(new ConsoleFormat());
    }

    @AfterEach
    void stop() {
        gogo.stop();
    }

    @Test
    void types() {
        var types = Tables.types(List.of(
                new ResourceTypeInfo("sockets", true, 700, "org.reclaim.sockets 1.0.0", 3, 0, 0, ""),
                new ResourceTypeInfo("rings", true, 500, "", 0, 0, 0, "no io_uring"),
                new ResourceTypeInfo("memory", true, 100, "", 12, 786_432, 2, ""),
                new ResourceTypeInfo("ipc", false, 0, "", 1, 4_096, 0, "", 7)));

        assertThat(shown(types)).isEqualTo("""
                TYPE     RANKING  BUNDLE                     LIVE   BYTES  REFUSED  STATE
                sockets      700  org.reclaim.sockets 1.0.0     3       0        0  bound
                rings        500  -                             0       0        0  bound, limited: no io_uring
                memory       100  -                            12  786432        0  bound, 2 stuck
                ipc            -  -                             1    4096        7  UNBOUND""");
    }

    @Test
    void processes() {
        var command = new ProcessInfo(
                12, "tar", ProcessKind.COMMAND, ProcessState.RUNNING, OptionalLong.of(7), NOON, OptionalLong.of(4711));

        assertThat(shown(Tables.processes(List.of(logical(ProcessState.RUNNING), command)))).isEqualTo("""
                PID  NAME  KIND     STATE    PARENT  OS-PID  STARTED
                  7  shop  LOGICAL  RUNNING       -       -  2026-01-02T12:00:00Z
                 12  tar   COMMAND  RUNNING       7    4711  2026-01-02T12:00:00Z""");
    }

    @Test
    void detailsOfALiveProcess() {
        var held = List.of(
                new ResourceInfo("sockets", "127.0.0.1:8080", 0, ResourceInfo.State.LIVE),
                new ResourceInfo("memory", "64 KiB", 65_536, ResourceInfo.State.CLOSED));

        var details = new ProcessDetails(logical(ProcessState.RUNNING), held, List.of(), Optional.empty());
        assertThat(shown(details)).isEqualTo("""
                Process 7 'shop': LOGICAL, RUNNING, started 2026-01-02T12:00:00Z
                TYPE     STATE   BYTES  RESOURCE
                sockets  LIVE        0  127.0.0.1:8080
                memory   CLOSED  65536  64 KiB""");
    }

    @Test
    void detailsOfAProcessThatHoldsNothing() {
        var details = new ProcessDetails(logical(ProcessState.RUNNING), List.of(), List.of(), Optional.empty());

        assertThat(shown(details)).endsWith("\nIt holds nothing.");
    }

    @Test
    void detailsOfAnEndedProcessThatStillHoldsSomething() {
        var stuck = List.of(new ResourceInfo("sockets", "127.0.0.1:8080", 0, ResourceInfo.State.RELEASING));
        var end = end(OptionalInt.of(143));
        var details = new ProcessDetails(end.process(), stuck, List.of(), Optional.of(end));

        assertThat(shown(details)).isEqualTo("""
                Process 7 'shop': LOGICAL, TERMINATED, started 2026-01-02T12:00:00Z
                It ended (TERMINATED, exit status 143) and gave back 1 resource, 64 bytes, in 42 us.
                TYPE     STATUS     FREED  BYTES  ERRORS  MICROS  DETAIL
                sockets  TIMED_OUT      0      0       1       0  stuck in close
                memory   FREED          1     64       0      42
                Still held:
                TYPE     STATE      BYTES  RESOURCE
                sockets  RELEASING      0  127.0.0.1:8080""");
    }

    @Test
    void anEndThatOthersGoOnWith() {
        var end = end(OptionalInt.empty());
        var soFar = new ProcessEnd(
                logical(ProcessState.TERMINATING), end.reason(), end.exitStatus(), end.cleanup());

        assertThat(shown(soFar)).contains("\nIt is ending (TERMINATED) and gave back 1 resource,");
    }

    @Test
    void history() {
        assertThat(shown(Tables.history(List.of(end(OptionalInt.of(143)))))).isEqualTo("""
                PID  NAME  KIND     REASON      EXIT  FREED  BYTES  MICROS  NOT FREED
                  7  shop  LOGICAL  TERMINATED   143      1     64      42  sockets: TIMED_OUT (stuck in close)""");
    }

    @Test
    void unsettled() {
        var pair = new UnsettledResources(7, "sockets", Status.TIMED_OUT, 1, 0, 3, NOON, "stuck in close");

        assertThat(shown(Tables.unsettled(List.of(pair)))).isEqualTo("""
                PID  TYPE     STATUS     LEFT  BYTES  TRIES  SINCE                 DETAIL
                  7  sockets  TIMED_OUT     1      0      3  2026-01-02T12:00:00Z  stuck in close""");
    }

    @Test
    void coverage() {
        var coverage = new Coverage(List.of("sockets", "ipc"), List.of("sockets"), List.of("ipc"));

        assertThat(shown(coverage)).isEqualTo("""
                EXPECTED TYPE  CLEANUP
                sockets        bound
                ipc            MISSING
                Resource type 'ipc' not registered - potential leak source!""");
    }

    @Test
    void emptyTablesSayWhatTheirEmptinessMeans() {
        assertThat(shown(Tables.types(List.of()))).isEqualTo("No resource type is bound, and none holds anything.");
        assertThat(shown(Tables.processes(List.of()))).isEqualTo("No process is alive.");
        assertThat(shown(Tables.history(List.of()))).isEqualTo("No process has ended yet.");
        assertThat(shown(Tables.unsettled(List.of()))).isEqualTo("Nothing is unsettled: all that ended is freed.");
    }

    @Test
    void whatOthersReturnIsLeftToOthers() {
        assertThat(shown(List.of("a", "b"))).isEqualTo("a\nb\n");
    }

    @Test
    void withinSomethingElseATableIsAnOrdinaryList() {
        var table = Tables.processes(List.of(logical(ProcessState.RUNNING)));

        assertThat(new ConsoleFormat().format(table, Converter.LINE, null)).isNull();
    }

    private String shown(Object result) {
        try (var session = gogo.createSession(
                InputStream.nullInputStream(), new ByteArrayOutputStream(), new ByteArrayOutputStream())) {
            return session.format(result, Converter.INSPECT).toString();
        }
    }

    private static ProcessInfo logical(ProcessState state) {
        return new ProcessInfo(
                7, "shop", ProcessKind.LOGICAL, state, OptionalLong.empty(), NOON, OptionalLong.empty());
    }

    private static ProcessEnd end(OptionalInt exitStatus) {
        var sockets = CleanupStats.of("sockets", 0, 0, 1, Duration.ZERO);
        var memory = CleanupStats.of("memory", 1, 64, 0, Duration.ofNanos(42_000));
        return new ProcessEnd(
                logical(ProcessState.TERMINATED),
                EndReason.TERMINATED,
                exitStatus,
                new CleanupResult(7, sockets.merge(memory), List.of(
                        new TypeOutcome("sockets", Status.TIMED_OUT, sockets, "stuck in close"),
                        new TypeOutcome("memory", Status.FREED, memory, ""))));
    }
}
