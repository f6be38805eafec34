package org.reclaim.cli.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.reclaim.launcher.control.FrameType;

/** A server on a real socket, whose commands are pieces of the tests. */
abstract class ServerTest {

    final TestPlatform platform = new TestPlatform();

    @TempDir
    Path folder;

    Path socket;
    ControlServer server;

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("s");
        server = new ControlServer(socket, platform);
    }

    /** Whatever a test did, nothing is left of it. */
    @AfterEach
    void close() throws IOException {
        server.close();
        assertThat(socket).doesNotExist();
        await().until(() -> threads().isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("reclaim-control"))
                .toList();
    }

    /** Others are served; then that many connections are left. */
    void tellsItsStatus(int others) throws Exception {
        try (var client = TestClient.asking(socket, FrameType.STATUS, "")) {
            assertThat(client.finish()).isZero();
        }
        await().until(() -> server.connections() == others);
    }
}
