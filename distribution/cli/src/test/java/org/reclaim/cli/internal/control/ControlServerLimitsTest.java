package org.reclaim.cli.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.launcher.control.FrameChannel;
import org.reclaim.launcher.control.FrameType;

/** Clients that send garbage, that want too much, or that want nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlServerLimitsTest extends ServerTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "RECLAIM\1z\0\0\0\0",
        "RECLAIM\1c\177\177\177\177",
        "RECLAIM\1i\0\0\0\0",
        "RECLAIM\1a\0\0\0\1x",
        "RECLAIM\1s\0\0\0\0w\0\0\0\0",
        "\0"
    })
    void garbageEndsTheConnectionAndHarmsNobody(String garbage) throws Exception {
        platform.does(streams -> streams.in().read());
        try (var client = new TestClient(socket)) {
            client.sendRaw(garbage);
            // Whatever was said before, it ends.
            while (garbage.length() > 1 && !client.isClosed()) {
                continue;
            }
        }
        await().until(() -> server.connections() == 0);
        tellsItsStatus(0);
    }

    @Test
    void aRequestOfTooManyCommandsEndsTheConnection() throws Exception {
        var line = "x".repeat(FrameChannel.MAX_PAYLOAD);
        try (var client = TestClient.greeting(socket)) {
            assertThatIOException().isThrownBy(() -> {
                for (int i = 0; i <= FrameChannel.MAX_REQUEST / FrameChannel.MAX_PAYLOAD; i++) {
                    client.send(FrameType.COMMAND, line);
                }
                client.send(FrameType.RUN, "");
                client.finish();
            });
        }
        assertThat(platform.running).isEmpty();
    }

    @Test
    void whoDoesNotSayWhatHeWantsIsSentAway() throws Exception {
        try (var silent = new TestClient(socket); var slow = TestClient.greeting(socket)) {
            slow.send(FrameType.COMMAND, "ps");

            assertThat(silent.isClosed()).isTrue();
            assertThat(slow.isClosed()).isTrue();
        }
        assertThat(platform.running).isEmpty();
    }

    @Test
    void tooManyCommandsAreRefusedAndTheRestWorks() throws Exception {
        platform.does(streams -> streams.in().read());
        var clients = new ArrayList<TestClient>();
        try {
            for (int i = 0; i < ControlServer.MAX_WORK; i++) {
                clients.add(TestClient.asking(socket, FrameType.RUN, ""));
                platform.next();
            }
            try (var refused = TestClient.asking(socket, FrameType.RUN, "")) {
                assertThat(refused.finish()).isEqualTo(1);
                assertThat(refused.err()).startsWith("reclaim: the platform has as many clients as it takes");
            }
            tellsItsStatus(ControlServer.MAX_WORK);

            clients.removeFirst().close();

            await().until(() -> server.connections() == ControlServer.MAX_WORK - 1);
            try (var welcome = TestClient.asking(socket, FrameType.RUN, "")) {
                assertThat(welcome.read().type()).isEqualTo(FrameType.NEED_INPUT);
            }
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    @Test
    void workThatCannotBeginIsRefusedAndTakesNoPlace() throws Exception {
        platform.refusesToBegin(ControlServer.MAX_WORK);
        for (int i = 0; i < ControlServer.MAX_WORK; i++) {
            try (var refused = TestClient.asking(socket, FrameType.RUN, "")) {
                assertThat(refused.finish()).isEqualTo(1);
                assertThat(refused.err()).isEqualTo("reclaim: java.lang.NoClassDefFoundError: half/Gone\n");
            }
        }

        try (var welcome = TestClient.asking(socket, FrameType.RUN, "")) {
            assertThat(welcome.finish()).isZero();
        }
        await().until(() -> server.connections() == 0);
    }

    @Test
    void aMachineThatIsOutOfThreadsForAMomentIsNotTheEnd() throws Exception {
        server.close();
        var failures = new AtomicInteger(2);
        server = new ControlServer(socket, platform, task -> {
            if (failures.getAndDecrement() <= 0) {
                return new Thread(task, "reclaim-control-in");
            }
            return new Thread(task) {
                @Override
                public void start() {
                    throw new OutOfMemoryError("unable to create native thread");
                }
            };
        });

        for (int i = 0; i < 2; i++) {
            try (var unlucky = new TestClient(socket)) {
                assertThat(unlucky.isClosed()).isTrue();
            }
        }

        tellsItsStatus(0);
    }
}
