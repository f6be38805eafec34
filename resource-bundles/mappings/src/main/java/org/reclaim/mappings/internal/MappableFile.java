package org.reclaim.mappings.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.reclaim.api.mapping.Protection;

/** Opens files to be mapped. */
final class MappableFile {

    private MappableFile() {}

    /**
     * Opens the file of a region, for as much as mapping it needs.
     *
     * @throws IOException if it is none that the region can be mapped of; the message names it
     */
    static FileChannel open(Path file, Region region) throws IOException {
        // Before it is opened: opening a named pipe waits for its other end, opening a device may set it to work. Only
        // who exchanges the file for a pipe at this very moment can still make us wait.
        requireRegular(file, Files.readAttributes(file, BasicFileAttributes.class));
        var channel = region.protection() == Protection.READ_ONLY
                ? FileChannel.open(file, StandardOpenOption.READ)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            requireLongEnough(file, channel.size(), region);
            return channel;
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    private static void requireRegular(Path file, BasicFileAttributes attributes) throws FileSystemException {
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "is a " + (attributes.isDirectory() ? "directory" : "pipe, socket or device")
                            + ", only a regular file can be mapped");
        }
    }

    /** The JDK would extend the file for a private mapping, too. */
    private static void requireLongEnough(Path file, long size, Region region) throws FileSystemException {
        if (size < region.end() && !region.extendsFile()) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "has " + size + " bytes, too few for " + region.byteSize() + " bytes from offset " + region.offset()
                            + "; only a shared writable mapping extends a file");
        }
    }
}
