package org.reclaim.api.socket;

import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/**
 * A listening Unix-domain socket and its place in the file system.
 *
 * @param channel  bound to {@code path}
 * @param path     absolute; unlinked when the listener is released
 * @param identity tells the socket file from one that somebody else has put there meanwhile, which is left alone:
 *                 device, inode and time of creation
 */
public record UnixListener(ServerSocketChannel channel, Path path, String identity) {}
