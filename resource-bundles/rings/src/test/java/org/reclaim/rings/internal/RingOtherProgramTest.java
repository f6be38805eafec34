package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.reclaim.rings.internal.RingPlatform.CAPACITY;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.RingSide;

/** The other side is another process of the operating system. */
@EnabledOnOs(OS.LINUX)
class RingOtherProgramTest {

    private static final long MESSAGES = 200_000;
    private static final long SUM = MESSAGES * (MESSAGES - 1) / 2;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<Process> started = new ArrayList<>();
    private RingPlatform reclaim;

    @BeforeEach
    void build() {
        reclaim = new RingPlatform();
    }

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    private Process start(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        started.add(process);
        return process;
    }

    private Process peer(String what, String kernelName, long messages) throws IOException {
        return start(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RingPeer.class.getName(),
                what,
                "/" + kernelName,
                String.valueOf(messages));
    }

    @Test
    void anyProgramSeesTheDocumentedHeaderAndTheRecords() throws Exception {
        var producer = reclaim.rings().createProducer(reclaim.start(), "seen", CAPACITY).get();
        for (long content : new long[] {42, 43}) {
            producer.segment().set(ValueLayout.JAVA_LONG, producer.tryClaim(12), content);
        }
        producer.commit();

        var dump = start("od", "-A", "n", "-v", "-t", "d8", "-w8", "/dev/shm/" + producer.kernelName());

        long[] words = dump.inputReader().lines().mapToLong(line -> Long.parseLong(line.strip())).toArray();
        assertThat(words).hasSize((4096 + 65536) / 8);
        var expected = new long[words.length];
        expected[0] = RingLayout.MAGIC;
        expected[8 / 8] = 1;
        expected[16 / 8] = 65536;
        expected[128 / 8] = 2 * 24;
        expected[384 / 8] = 1 | ProcessHandle.current().pid() << Integer.SIZE;
        expected[400 / 8] = (long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino");
        expected[4096 / 8] = 12;
        expected[4104 / 8] = 42;
        expected[4120 / 8] = 12;
        expected[4128 / 8] = 43;
        assertThat(words).containsExactly(expected);
        assertThat(Files.readAllBytes(Path.of("/dev/shm", producer.kernelName())))
                .startsWith("RECLRING".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void anotherPlatformReadsWhatThisOneWrites() throws Exception {
        long pid = reclaim.start();
        var producer = reclaim.rings().createProducer(pid, "out", CAPACITY).get();
        var peer = peer("read", producer.kernelName(), Long.MAX_VALUE);

        RingPeer.write(producer, MESSAGES);
        reclaim.end(pid);

        assertThat(peer.inputReader().readLine())
                .isEqualTo(MESSAGES + " messages, sum " + SUM + "; ring '/" + producer.kernelName()
                        + "': the producer has ended; all that it wrote has been read");
        assertThat(peer.waitFor()).isZero();
    }

    @Test
    void thisPlatformReadsWhatAnotherOneWrites() throws Exception {
        var consumer = reclaim.rings().createConsumer(reclaim.start(), "in", CAPACITY).get();
        var peer = peer("write", consumer.kernelName(), MESSAGES);

        assertThat(RingPeer.read(consumer, Long.MAX_VALUE))
                .isEqualTo(MESSAGES + " messages, sum " + SUM
                        + "; ring 'in': the producer has ended; all that it wrote has been read");

        assertThat(peer.waitFor()).isZero();
    }

    @Test
    void aConsumerWhoseProcessWasKilledCountsAsEnded() throws Exception {
        var producer = reclaim.rings().createProducer(reclaim.start(), "kill", CAPACITY).get();
        var peer = peer("read, then wait", producer.kernelName(), 10);
        RingPeer.write(producer, 10);
        assertThat(peer.inputReader().readLine()).startsWith("10 messages");
        peer.destroyForcibly().waitFor();

        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> RingPeer.write(producer, Long.MAX_VALUE))
                .returns(RingSide.CONSUMER, RingClosedException::side);
    }

    @Test
    void aProducerWhoseProcessWasKilledCountsAsEndedWhenAllWasRead() throws Exception {
        var consumer = reclaim.rings().createConsumer(reclaim.start(), "killed", CAPACITY).get();
        var peer = peer("write", consumer.kernelName(), Long.MAX_VALUE);
        assertThat(consumer.await(LONG)).isTrue();
        peer.destroyForcibly().waitFor();

        assertThat(RingPeer.read(consumer, Long.MAX_VALUE))
                .endsWith("; ring 'killed': the producer has ended; all that it wrote has been read");
    }

    /** Its number may be free here, or somebody else's: that says nothing. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void aPeerOfAnotherOrAnUnknownPidNamespaceCountsAsAlive(long namespace) throws Exception {
        var producer = reclaim.rings().createProducer(reclaim.start(), "namespace", CAPACITY).get();
        try (var channel = FileChannel.open(
                        Path.of("/dev/shm", producer.kernelName()), StandardOpenOption.READ, StandardOpenOption.WRITE);
                var arena = Arena.ofShared()) {
            var memory = channel.map(MapMode.READ_WRITE, 0, RingLayout.HEADER_SIZE, arena);
            long ours = memory.get(ValueLayout.JAVA_LONG, RingLayout.PRODUCER_NAMESPACE);
            var gone = start("true");
            assertThat(gone.waitFor()).isZero();
            memory.set(ValueLayout.JAVA_INT, RingLayout.CONSUMER_PID, (int) gone.pid());
            memory.set(ValueLayout.JAVA_LONG, RingLayout.CONSUMER_NAMESPACE, namespace);
            memory.set(ValueLayout.JAVA_INT, RingLayout.CONSUMER_STATE, RingLayout.TAKEN);
            while (producer.tryClaim(1000) >= 0) {
                producer.commit();
            }

            assertThat(producer.claim(1000, Duration.ofMillis(500))).isEqualTo(RingProducer.INSUFFICIENT_SPACE);

            memory.set(ValueLayout.JAVA_LONG, RingLayout.CONSUMER_NAMESPACE, ours);
            assertThatExceptionOfType(RingClosedException.class).isThrownBy(() -> producer.claim(1000, LONG));
        }
    }

    @Test
    void aProgramInAnotherLanguageTakesPart() throws Exception {
        assumeThat(isThere("python3")).as("python3 is there").isTrue();
        // Python can't order its accesses to memory; these processors keep them in order by themselves.
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
        var script = Path.of(getClass().getResource("/ring_peer.py").toURI()).toString();
        var in = reclaim.rings().createConsumer(reclaim.start(), "from-python", CAPACITY).get();
        var out = reclaim.rings().createProducer(reclaim.start(), "to-python", CAPACITY).get();
        var peer = start("python3", script, "/dev/shm/" + out.kernelName(), "/dev/shm/" + in.kernelName());

        var writing = CompletableFuture.runAsync(() -> {
            try {
                RingPeer.write(out, 20_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            out.release();
        });

        assertThat(RingPeer.read(in, Long.MAX_VALUE))
                .isEqualTo("20000 messages, sum " + 20_000L * 19_999
                        + "; ring 'from-python': the producer has ended; all that it wrote has been read");
        writing.join();
        assertThat(peer.waitFor()).isZero();
    }

    private static boolean isThere(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
