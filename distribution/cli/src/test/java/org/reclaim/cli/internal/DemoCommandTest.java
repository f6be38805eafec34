package org.reclaim.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.fd.FdManager;
import org.reclaim.api.ipc.IpcManager;
import org.reclaim.api.mapping.MmapManager;
import org.reclaim.api.memory.MemoryManager;
import org.reclaim.api.ring.IoUringManager;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.api.signal.SignalManager;
import org.reclaim.api.socket.SocketManager;
import org.reclaim.api.task.AsyncTaskManager;
import org.reclaim.cli.internal.demo.DemoPart;
import org.reclaim.cli.internal.demo.Exhibit;
import org.reclaim.cli.internal.demo.FilesPart;
import org.reclaim.cli.internal.demo.IpcPart;
import org.reclaim.cli.internal.demo.Kernel;
import org.reclaim.cli.internal.demo.MappingsPart;
import org.reclaim.cli.internal.demo.MemoryPart;
import org.reclaim.cli.internal.demo.RingsPart;
import org.reclaim.cli.internal.demo.SignalsPart;
import org.reclaim.cli.internal.demo.SocketsPart;
import org.reclaim.cli.internal.demo.TasksPart;
import org.reclaim.orchestrator.EmbeddedProcessManager;
import org.reclaim.orchestrator.ProcessManagers;

/** On a real platform with the real types. */
class DemoCommandTest {

    private final EmbeddedProcessManager platform = ProcessManagers.builder().build();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        platform.close();
    }

    @Test
    void everythingIsAcquiredForRealAndNothingIsLeft() {
        var terminal = new TestTerminal("");

        assertThat(demo(parts(), terminal).run(options(Optional.empty(), false))).isZero();

        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.out()).endsWith("\nNothing is left.\n").doesNotContain("Press Enter");
        assertThat(platform.processes()).isEmpty();
    }

    @Test
    void everyExhibitIsThereBeforeTheEnd() throws Exception {
        try (var process = platform.start(ProcessSpec.logical("test"))) {
            for (var part : parts()) {
                for (var exhibit : part.acquire(process.pid())) {
                    assertThat(exhibit.check().isThere()).as(exhibit.toString()).isTrue();
                }
            }
            assertThat(platform.inventory().resources(process.pid())).hasSize(4 + 6 + 4 + 6 + 3 + 8 + 4 + 3);
        }
    }

    @Test
    void typesAreShownInTheOrderOfCleanup() {
        var terminal = new TestTerminal("");
        var shuffled = new ArrayList<>(parts().reversed());

        demo(shuffled, terminal).run(options(Optional.empty(), false));

        assertThat(terminal.out()).containsSubsequence(
                "\n  file_descriptors  temporary folder", "\n  sockets           TCP listener",
                "\n  memory            off-heap block", "\n  TYPE", "\n  file_descriptors  FREED",
                "\n  sockets           FREED", "\n  signals           FREED", "\n  rings             FREED",
                "\n  async_tasks       FREED", "\n  ipc               FREED", "\n  mappings          FREED",
                "\n  memory            FREED");
    }

    @Test
    void onlyWhatIsHereIsShown() {
        var terminal = new TestTerminal("");
        var memory = new MemoryPart(platform.manager(MemoryManager.class));

        assertThat(demo(List.of(memory), terminal).run(options(Optional.empty(), false))).isZero();

        assertThat(terminal.out()).doesNotContain("TCP listener");
    }

    @Test
    void withoutAnyTypeThereIsNothingToShow() {
        var terminal = new TestTerminal("");

        assertThat(demo(List.of(), terminal).run(options(Optional.empty(), false))).isEqualTo(1);
        assertThat(terminal.err()).hasLineCount(1);
    }

    @Test
    void whatIsLeftIsNamedAndTheDemoFails() throws Exception {
        var terminal = new TestTerminal("");
        var file = folder.resolve("leak");
        var parts = new ArrayList<>(parts());
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Files.delete(file);
            parts.add(part(() -> List.of(new Exhibit("open file", file.toString(), () -> Kernel.hasOpen(file)))));

            assertThat(demo(parts, terminal).run(options(Optional.empty(), false))).isEqualTo(1);

            assertThat(channel.isOpen()).isTrue();
        }
        assertThat(terminal.out()).endsWith("\nLEFT: open file " + file + "\n").doesNotContain("Nothing is left");
    }

    @Test
    void anAcquisitionThatFailsIsOneLineAndTheRestIsGivenBack() {
        var terminal = new TestTerminal("");
        var parts = new ArrayList<>(parts());
        parts.add(part(() -> {
            throw new IOException("the disk is full");
        }));

        assertThat(demo(parts, terminal).run(options(Optional.empty(), false))).isEqualTo(1);

        assertThat(terminal.err()).isEqualTo("reclaim: the disk is full\n");
        assertThat(platform.processes()).isEmpty();
        assertThat(platform.inventory().types()).allMatch(type -> type.live() == 0);
    }

    @Test
    void aPauseTellsWhereToLookAndGoesOnWithEnter() {
        var terminal = new TestTerminal("\n\n");

        assertThat(demo(parts(), terminal).run(options(Optional.empty(), true))).isZero();

        assertThat(terminal.out()).containsSubsequence(
                "This JVM is process " + ProcessHandle.current().pid(), "Press Enter to end process 1: ", "TYPE",
                "Nothing is left.", "Press Enter to leave: ");
    }

    @Test
    void theReportForProgramsHasTheTypesInOrder() {
        var terminal = new TestTerminal("");
        var json = folder.resolve("out.json");

        assertThat(demo(parts(), terminal).run(options(Optional.of(json), false))).isZero();

        assertThat(json).content().containsSubsequence(
                "\"name\" : \"demo\"", "\"byType\" : {", "\"file_descriptors\" : 4", "\"sockets\" : 6",
                "\"memory\" : 3", "\"outcomes\"");
    }

    @Test
    void aReportThatCannotBeWrittenIsFoundOutBeforeAnythingIsAcquired() {
        var terminal = new TestTerminal("");

        assertThat(demo(parts(), terminal).run(options(Optional.of(folder), false))).isEqualTo(1);

        assertThat(terminal.err()).isEqualTo("reclaim: can't write " + folder + ": is a folder\n");
        assertThat(platform.history()).isEmpty();
    }

    private DemoCommand demo(List<DemoPart> parts, TestTerminal terminal) {
        return new DemoCommand(platform, platform.orchestrator(), parts, terminal.streams());
    }

    private List<DemoPart> parts() {
        return List.of(
                new FilesPart(platform.manager(FdManager.class)),
                new SocketsPart(platform.manager(SocketManager.class)),
                new SignalsPart(platform.manager(SignalManager.class)),
                new RingsPart(platform.manager(ZeroCopyIpc.class), platform.manager(IoUringManager.class)),
                new TasksPart(platform.manager(AsyncTaskManager.class)),
                new IpcPart(platform.manager(IpcManager.class)),
                new MappingsPart(platform.manager(MmapManager.class)),
                new MemoryPart(platform.manager(MemoryManager.class)));
    }

    private interface Acquisition {
        List<Exhibit> acquire() throws IOException;
    }

    private static DemoPart part(Acquisition acquisition) {
        return new DemoPart() {
            @Override
            public String resourceType() {
                return "others";
            }

            @Override
            public List<Exhibit> acquire(long pid) throws IOException {
                return acquisition.acquire();
            }
        };
    }

    private static Options options(Optional<Path> json, boolean pause) {
        return new Options(json, pause, Optional.empty(), List.of(), List.of());
    }
}
