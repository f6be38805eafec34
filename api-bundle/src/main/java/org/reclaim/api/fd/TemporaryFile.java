package org.reclaim.api.fd;

import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file that is deleted when it is released.
 *
 * @param path    where it is, absolute
 * @param channel open for reading and writing
 */
public record TemporaryFile(Path path, FileChannel channel) {}
