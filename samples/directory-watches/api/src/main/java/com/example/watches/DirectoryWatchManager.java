package com.example.watches;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchService;
import org.osgi.annotation.versioning.ProviderType;
import org.reclaim.api.NoSuchProcessException;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;

/** Watches directories on behalf of processes. Thread-safe. */
@ProviderType
public interface DirectoryWatchManager {

    /**
     * Begins to watch a directory: files that are created, modified or deleted in it.
     *
     * @param pid       the owner, from 1
     * @param directory an existing directory
     * @return tells what happens in it, by {@link WatchService#take()}; who waits there when the process ends gets a
     *     {@link java.nio.file.ClosedWatchServiceException}
     * @throws IOException              if it is no directory, or the operating system has no more watches
     * @throws IllegalArgumentException if it is of a file system that can't be watched
     * @throws NoSuchProcessException   if {@code pid} was never started
     * @throws ProcessEndedException    if the process is ending or has ended; nothing is watched
     */
    ResourceHandle<WatchService> watch(long pid, Path directory) throws IOException;
}
