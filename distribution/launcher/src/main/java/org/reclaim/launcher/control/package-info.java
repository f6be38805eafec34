/**
 * How a program talks to a running platform: a protocol of frames over a Unix-domain socket, version
 * {@value org.reclaim.launcher.control.FrameChannel#VERSION}. The launcher is the client; the command-line bundle,
 * which has a private copy of this package, is the server.
 *
 * <p>The socket is {@value org.reclaim.launcher.control.FrameChannel#SOCKET_NAME} in the runtime folder of the
 * platform. Folder and socket are for their owner only (0700 and 0600), so whoever can connect is the user who runs the
 * platform, or root: there is no other authentication, and none is needed.
 *
 * <h2>Greeting</h2>
 * The client sends eight bytes: {@code RECLAIM} in ASCII and its version. The platform answers with the same, its own
 * version in it, and with the pid of its JVM (eight bytes). If the versions differ, it closes the connection after
 * that; if the client sent anything else, it closes it at once.
 *
 * <h2>Frames</h2>
 * One byte says what it is ({@link org.reclaim.launcher.control.FrameType}), four bytes how many follow: 0 to
 * {@value org.reclaim.launcher.control.FrameChannel#MAX_PAYLOAD}. Numbers are big-endian, text is UTF-8. Anything else
 * ends the connection.
 *
 * <h2>Conversation</h2>
 * A connection carries one request. The client sends one of
 * <ul>
 * <li>{@code COMMAND} once or more, at most {@value org.reclaim.launcher.control.FrameChannel#MAX_COMMANDS} times and
 * {@value org.reclaim.launcher.control.FrameChannel#MAX_REQUEST} bytes
 * together, then {@code RUN}: runs these commands, in this order, up to the first that fails;
 * <li>{@code ATTACH}: a console. The payload is {@code COLUMNS ROWS TYPE} of the client's terminal; without one it is
 * empty, and every line of the input is a command;
 * <li>{@code STATUS}: tells about the platform;
 * <li>{@code STOP}: stops it; {@code DEADLINE} comes first, with how long ending all processes may take, up to nine
 * digits of milliseconds;
 * </ul>
 * within five seconds. The platform answers with any number of {@code OUTPUT} and {@code ERRORS}, and at last with
 * {@code END} and an exit status (four bytes).
 *
 * <p>Input is drawn, not pushed: when a command reads more than there is, the platform sends {@code NEED_INPUT}, and
 * the client answers with one {@code INPUT}, which is empty at the end of its input. So what a command does not read is
 * not taken from whoever else reads the same input, and no buffer grows. Output is held back by the socket: a command
 * that prints faster than the client reads waits.
 *
 * <p>A client that goes away, however that happens, ends its commands: what they print next fails, what they wait for
 * is interrupted.
 */
package org.reclaim.launcher.control;
