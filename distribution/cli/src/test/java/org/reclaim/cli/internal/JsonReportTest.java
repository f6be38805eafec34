package org.reclaim.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessState;
import org.reclaim.api.TypeOutcome;
import org.reclaim.api.TypeOutcome.Status;

class JsonReportTest {

    private static final String REPORT = """
            {
              "pid" : 5,
              "name" : "say \\"hi\\"",
              "reason" : "EXITED",
              "exitStatus" : 7,
              "resourcesFreed" : 3,
              "bytesFreed" : 64,
              "errors" : 1,
              "cleanupMicros" : 42,
              "byType" : {
                "zeta" : 2,
                "alpha" : 1
              },
              "outcomes" : [ {
                "type" : "zeta",
                "status" : "FREED",
                "freed" : 2,
                "bytes" : 0,
                "micros" : 40,
                "detail" : ""
              }, {
                "type" : "alpha",
                "status" : "FAILED",
                "freed" : 1,
                "bytes" : 64,
                "micros" : 2,
                "detail" : "EIO"
              } ]
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void tellsEverythingInTheOrderOfCleanup() throws Exception {
        var file = folder.resolve("report.json");

        report(file).write(end(OptionalInt.of(7)));

        assertThat(file).hasContent(REPORT);
    }

    @Test
    void aProcessWithoutExitStatusHasNullThere() throws Exception {
        var file = folder.resolve("report.json");

        report(file).write(end(OptionalInt.empty()));

        assertThat(file).content().contains("\"exitStatus\" : null,");
    }

    @Test
    void replacesAnExistingFileAndLeavesNothingBesideIt() throws Exception {
        var file = Files.writeString(folder.resolve("report.json"), "x".repeat(10_000));

        report(file).write(end(OptionalInt.of(7)));

        assertThat(file).hasContent(REPORT);
        assertThat(list(folder)).containsExactly(file);
    }

    @Test
    void checkingLeavesNoTrace() throws Exception {
        report(folder.resolve("report.json"));

        assertThat(list(folder)).isEmpty();
    }

    @Test
    void checkingLeavesAnExistingFileAlone() throws Exception {
        var file = Files.writeString(folder.resolve("report.json"), "old");

        report(file);

        assertThat(file).hasContent("old");
        assertThat(list(folder)).containsExactly(file);
    }

    @Test
    void aLinkStaysALink() throws Exception {
        var file = Files.writeString(folder.resolve("real.json"), "old");
        var link = Files.createSymbolicLink(folder.resolve("link.json"), file);

        report(link).write(end(OptionalInt.of(7)));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent(REPORT);
    }

    @Test
    void aPipeIsWrittenToAndStaysAPipe() throws Exception {
        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        var read = CompletableFuture.supplyAsync(() -> read(pipe), task -> Thread.ofPlatform().daemon().start(task));

        report(pipe).write(end(OptionalInt.of(7)));

        // Nobody would write to a pipe that was replaced.
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(REPORT);
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    @Test
    void aFolderIsRefusedBeforeAnythingStarts() {
        assertThatThrownBy(() -> report(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("can't write " + folder + ": is a folder");
    }

    @Test
    void aMissingFolderIsRefusedBeforeAnythingStarts() {
        var file = folder.resolve("missing/report.json");

        assertThatThrownBy(() -> report(file))
                .isInstanceOf(IOException.class)
                .hasMessage("can't write " + file + ": no such folder");
    }

    @Test
    void aFolderThatTheKernelKeepsClosedIsRefusedEvenToRoot() {
        assertThatThrownBy(() -> report(Path.of("/proc/self/report.json")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("can't write /proc/self/report.json: ");
    }

    private static JsonReport report(Path file) throws IOException {
        return JsonReport.to(Optional.of(file)).orElseThrow();
    }

    private static ProcessEnd end(OptionalInt exitStatus) {
        var zeta = CleanupStats.of("zeta", 2, 0, 0, Duration.ofNanos(40_000));
        var alpha = CleanupStats.of("alpha", 1, 64, 1, Duration.ofNanos(2_000));
        return new ProcessEnd(
                new ProcessInfo(
                        5,
                        "say \"hi\"",
                        ProcessKind.COMMAND,
                        ProcessState.TERMINATED,
                        OptionalLong.empty(),
                        Instant.EPOCH,
                        OptionalLong.of(1234)),
                EndReason.EXITED,
                exitStatus,
                new CleanupResult(
                        5,
                        zeta.merge(alpha),
                        List.of(
                                new TypeOutcome("zeta", Status.FREED, zeta, ""),
                                new TypeOutcome("alpha", Status.FAILED, alpha, "EIO"))));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static String read(Path pipe) {
        try {
            return Files.readString(pipe);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
