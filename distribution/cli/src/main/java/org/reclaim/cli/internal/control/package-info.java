/**
 * Lets other programs of the same user talk to the running platform: the server of the protocol that
 * {@code org.reclaim.launcher.control} describes.
 *
 * <p>{@code ControlServer} accepts, {@code ControlConnection} has the conversation with one client, {@code
 * PlatformWork} is what can be asked for. A connection has a thread that reads, so that it notices at once when the
 * client goes, and one that writes: what runs for the client never touches the socket, because a channel of the JDK
 * closes when a thread is interrupted in it, and commands are interrupted all the time. Between them are an {@code
 * Outbox} and a {@code DrawnInput}, both bounded.
 */
package org.reclaim.cli.internal.control;
