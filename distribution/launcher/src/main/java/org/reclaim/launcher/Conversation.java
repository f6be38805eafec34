package org.reclaim.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.util.List;
import org.reclaim.launcher.control.Frame;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;

/**
 * {@code reclaim converse}: a client that talks to a platform that only answers. Not for people: it is there so that a
 * JVM learns what a client does, whether a platform runs or not.
 */
final class Conversation {
    private Conversation() {
    }

    /** The exit status: 0. */
    static int run(Home home) throws IOException {
        RunningPlatform.of(home);
        var folder = Files.createTempDirectory("reclaim", RuntimeFolders.CREATE_OWNER_ONLY);
        try {
            return converse(UnixDomainSocketAddress.of(RuntimeFolder.socketOf(folder)));
        } finally {
            Trees.delete(folder);
        }
    }

    private static int converse(UnixDomainSocketAddress address) throws IOException {
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            Thread.ofPlatform().daemon().name("reclaim-answering").start(() -> answer(listener));
            try (var client = ControlClient.connect(
                    address.getPath(), InputStream.nullInputStream(), new ByteArrayOutputStream(), System.err)) {
                return client.execute(List.of("ps"));
            }
        }
    }

    private static void answer(ServerSocketChannel listener) {
        try (var channel = new FrameChannel(listener.accept())) {
            channel.greetClient(ProcessHandle.current().pid());
            for (var frame = channel.read(); frame.isPresent(); frame = channel.read()) {
                if (frame.get().type() == FrameType.RUN) {
                    channel.write(FrameType.OUTPUT, "No process is alive.\n");
                    var end = Frame.end(ExitStatus.OK);
                    channel.write(end.type(), end.payload(), 0, end.payload().length);
                }
            }
        } catch (IOException e) {
            System.err.println("reclaim: " + e.getMessage());
        }
    }
}
