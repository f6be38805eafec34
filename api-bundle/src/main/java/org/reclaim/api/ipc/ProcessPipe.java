package org.reclaim.api.ipc;

import java.nio.channels.Pipe;
import org.reclaim.api.ResourceHandle;

/**
 * A pipe between two processes. Each end is held by its own.
 *
 * @param writingEnd held by the process that writes
 * @param readingEnd held by the process that reads
 */
public record ProcessPipe(
        ResourceHandle<Pipe.SinkChannel> writingEnd, ResourceHandle<Pipe.SourceChannel> readingEnd) {}
