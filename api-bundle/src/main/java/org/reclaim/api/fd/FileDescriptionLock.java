package org.reclaim.api.fd;

import java.nio.file.Path;

/**
 * A lock on a file, held through an open file description of its own. Releasing closes that, which unlocks.
 *
 * @param descriptor the file descriptor that holds the lock, from 0; not to be closed by others
 * @param path       the locked file, absolute
 * @param mode       what it excludes
 */
public record FileDescriptionLock(int descriptor, Path path, LockMode mode) {}
