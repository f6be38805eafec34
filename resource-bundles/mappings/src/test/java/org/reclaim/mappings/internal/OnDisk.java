package org.reclaim.mappings.internal;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary folders on a disk: often the usual ones are in memory, where nothing is ever written back. */
final class OnDisk implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension) throws IOException {
        var target = Files.createDirectories(Path.of("target").toAbsolutePath());
        assumeFalse(Files.getFileStore(target).type().equals("tmpfs"), target + " is in memory");
        return Files.createTempDirectory(target, "on-disk-");
    }
}
