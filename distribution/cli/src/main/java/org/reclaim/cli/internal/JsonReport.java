package org.reclaim.cli.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.TypeOutcome;

/** How a process ended, as a JSON file for other programs. */
final class JsonReport {

    private final Path file;

    private JsonReport(Path file) {
        this.file = file;
    }

    /**
     * Checks that a report can be written, so that nobody learns only after a long run that it can't.
     *
     * @param file where, if one is wanted; replaced if it exists
     * @return the report, if one is wanted
     * @throws IOException if it can't be written; the message is for people
     */
    static Optional<JsonReport> to(Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        var report = new JsonReport(file.get().toAbsolutePath());
        try {
            report.probe();
        } catch (IOException e) {
            throw report.explained(e);
        }
        return Optional.of(report);
    }

    /**
     * Writes the report. Who reads the file sees the old one or the whole new one, never half of it.
     *
     * @throws IOException if it can't be written; the message is for people
     */
    void write(ProcessEnd end) throws IOException {
        try {
            if (isReplaceable()) {
                replace(end);
            } else {
                generate(end, file);
            }
        } catch (IOException e) {
            throw explained(e);
        }
    }

    private void probe() throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        if (isReplaceable()) {
            // Only trying tells: permission bits say nothing to root, or about a read-only mount.
            Files.delete(Files.createFile(neighbour()));
        }
    }

    /** A device or a pipe, such as /dev/stdout, is written to: to replace it would break it for everybody. */
    private boolean isReplaceable() {
        return Files.isRegularFile(file) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private void replace(ProcessEnd end) throws IOException {
        var temporary = neighbour();
        try {
            generate(end, temporary);
            // Through links, so that the file that was meant is replaced and not the link to it.
            var target = Files.exists(file) ? file.toRealPath() : file;
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** In the same folder as the file itself, because only within one file system a move is atomic. */
    private Path neighbour() throws IOException {
        var target = Files.exists(file) ? file.toRealPath() : file;
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    }

    private static void generate(ProcessEnd end, Path to) throws IOException {
        try (var stream = Files.newOutputStream(to);
                var json = new JsonFactory().createGenerator(stream)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            generate(end, json);
            json.writeRaw('\n');
        }
    }

    private static void generate(ProcessEnd end, JsonGenerator json) throws IOException {
        var stats = end.cleanup().stats();
        json.writeStartObject();
        json.writeNumberField("pid", end.process().pid());
        json.writeStringField("name", end.process().name());
        json.writeStringField("reason", end.reason().name());
        if (end.exitStatus().isPresent()) {
            json.writeNumberField("exitStatus", end.exitStatus().getAsInt());
        } else {
            json.writeNullField("exitStatus");
        }
        json.writeNumberField("resourcesFreed", stats.resourcesFreed());
        json.writeNumberField("bytesFreed", stats.bytesFreed());
        json.writeNumberField("errors", stats.errorsEncountered());
        json.writeNumberField("cleanupMicros", stats.cleanupDurationMicros());
        json.writeObjectFieldStart("byType");
        for (Map.Entry<String, Long> type : stats.byType().entrySet()) {
            json.writeNumberField(type.getKey(), type.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("outcomes");
        for (var outcome : end.cleanup().outcomes()) {
            generate(outcome, json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void generate(TypeOutcome outcome, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", outcome.resourceType());
        json.writeStringField("status", outcome.status().name());
        json.writeNumberField("freed", outcome.stats().resourcesFreed());
        json.writeNumberField("bytes", outcome.stats().bytesFreed());
        json.writeNumberField("micros", outcome.stats().cleanupDurationMicros());
        json.writeStringField("detail", outcome.detail());
        json.writeEndObject();
    }

    private IOException explained(IOException e) {
        var why = switch (e) {
            case NoSuchFileException missing -> "no such folder";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.toString();
        };
        return new IOException("can't write " + file + ": " + why, e);
    }
}
