package org.reclaim.ipc.internal;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import org.reclaim.api.Releaser;
import org.reclaim.api.ipc.MessageQueue;
import org.reclaim.api.ipc.SharedMemoryBlock;
import org.reclaim.api.ipc.Subscription;
import org.reclaim.api.ipc.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frees what the table of this type holds. */
final class IpcReleaser implements Releaser<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(IpcReleaser.class);

    @Override
    public void release(Object resource) throws IOException {
        switch (resource) {
            case MessageQueue queue -> queue.release();
            case Topic topic -> topic.release();
            case Subscription subscription -> subscription.release();
            case SharedMemoryBlock block -> destroyOrDetach(block);
            case Pipe.SinkChannel sink -> close(sink, "writing");
            case Pipe.SourceChannel source -> close(source, "reading");
            default -> throw new IllegalArgumentException(
                    "No resource of this type: " + resource.getClass().getName());
        }
    }

    /**
     * The name goes even if the mapping is in use and stays for now, and once: when this is tried again, somebody else
     * may have it.
     */
    private static void destroyOrDetach(SharedMemoryBlock block) throws IOException {
        try {
            if (block.isOwner() && block.isNamed()) {
                KernelMemory.unlink(block.kernelName());
                block.unlinked();
            }
        } finally {
            block.unmap();
        }
    }

    /** Closes it. Whatever close(2) says, the descriptor is given up; but a selector may have kept it. */
    private static void close(SelectableChannel end, String which) throws IOException {
        try {
            end.close();
        } catch (IOException e) {
            LOG.warn("Closing the {} end of a pipe failed; its descriptor is free all the same", which, e);
        }
        if (end.isRegistered()) {
            throw new IOException("Still held: the " + which + " end of a pipe is closed, but registered with a"
                    + " selector; its descriptor goes when that selects next or is closed");
        }
    }

    /** Closing a pipe does not wait for the other end, and who waits in the end that is closed is woken. */
    @Override
    public boolean nonBlocking() {
        return true;
    }
}
