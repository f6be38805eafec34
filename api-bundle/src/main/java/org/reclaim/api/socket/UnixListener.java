package org.reclaim.api.socket;

import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/**
 * A listening Unix-domain socket and its place in the file system.
 *
 * @param channel bound to {@code path}
 * @param path    absolute; unlinked when the listener is released
 * @param inode   identity of the socket file, as {@code device:inode}, so that a file that somebody else has put there
 *                meanwhile is left alone
 */
public record UnixListener(ServerSocketChannel channel, Path path, String inode) {}
