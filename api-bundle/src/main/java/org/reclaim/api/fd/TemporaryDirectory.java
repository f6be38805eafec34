package org.reclaim.api.fd;

import java.nio.file.Path;

/**
 * A folder that is deleted, with all that is in it, when it is released.
 *
 * @param path where it is, absolute
 */
public record TemporaryDirectory(Path path) {}
