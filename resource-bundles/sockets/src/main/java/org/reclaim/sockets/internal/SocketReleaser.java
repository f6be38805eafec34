package org.reclaim.sockets.internal;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import org.reclaim.api.Releaser;
import org.reclaim.api.socket.UnixListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frees what the table of this type holds: channels, listeners with a path, selectors. */
final class SocketReleaser implements Releaser<Object> {

    private static final Logger LOG = LoggerFactory.getLogger(SocketReleaser.class);

    private final OwnSelectors selectors;

    SocketReleaser(OwnSelectors selectors) {
        this.selectors = selectors;
    }

    @Override
    public void release(Object resource) throws IOException {
        switch (resource) {
            case SelectableChannel channel -> closeAndLetGo(channel);
            case UnixListener listener -> {
                // Before it is closed: until then nobody else's file can have the same inode.
                try {
                    UnixPaths.unlink(listener);
                } finally {
                    closeAndLetGo(listener.channel());
                }
            }
            case Selector selector -> close(selector);
            default -> throw new IllegalArgumentException(
                    "No resource of this type: " + resource.getClass().getName());
        }
    }

    private void closeAndLetGo(SelectableChannel channel) throws IOException {
        selectors.letGo(channel);
        close(channel);
        selectors.requireLetGo(channel);
    }

    /** Closes it. Whatever close(2) says, the descriptor is given up: it is told, but no reason to try again. */
    private void close(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("Closing {} failed; its descriptor is free all the same", channel, e);
        }
    }

    private void close(Selector selector) {
        try {
            selectors.close(selector);
        } catch (IOException e) {
            LOG.warn("Closing {} failed; its descriptors are free all the same", selector, e);
        }
    }
}
