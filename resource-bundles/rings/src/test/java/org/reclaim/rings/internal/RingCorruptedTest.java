package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingCorruptedException;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.testing.Kernel;

/** A peer that writes what it must not. */
@EnabledOnOs(OS.LINUX)
class RingCorruptedTest {

    private static final int CAPACITY = 4096;
    private static final long SIZE = RingLayout.HEADER_SIZE + CAPACITY;

    private RingPlatform reclaim;
    private Arena arena;

    @BeforeEach
    void build() {
        reclaim = new RingPlatform();
        arena = Arena.ofConfined();
    }

    @AfterEach
    void close() {
        arena.close();
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    private MemorySegment memory(String kernelName) throws IOException {
        try (var channel = SharedMemory.open(kernelName, true)) {
            return channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
        }
    }

    /** A consumer, and the memory of its ring for a producer that we play. */
    private RingConsumer consumer() throws IOException {
        return reclaim.rings().createConsumer(reclaim.start(), "c", CAPACITY).get();
    }

    private RingProducer producer() throws IOException {
        return reclaim.rings().createProducer(reclaim.start(), "p", CAPACITY).get();
    }

    private static void record(MemorySegment memory, long position, long length) {
        memory.set(ValueLayout.JAVA_LONG, RingLayout.HEADER_SIZE + position % CAPACITY, length);
    }

    private static void tail(MemorySegment memory, long tail) {
        memory.set(ValueLayout.JAVA_LONG, RingLayout.TAIL, tail);
    }

    @ParameterizedTest
    @ValueSource(longs = {-8, -1, 1, 12, CAPACITY + 8, Long.MAX_VALUE, Long.MIN_VALUE})
    void aTailThatCannotBeIsRefused(long tail) throws Exception {
        var consumer = consumer();
        tail(memory(consumer.kernelName()), tail);

        assertThatExceptionOfType(RingCorruptedException.class)
                .isThrownBy(() -> consumer.poll((data, at, length) -> {}, 1))
                .withMessage("ring 'c' is corrupted: tail is " + tail + ", must be a multiple of 8 from 0 to 4096");
        assertThatExceptionOfType(RingCorruptedException.class)
                .isThrownBy(() -> consumer.await(Duration.ofMinutes(1)));
    }

    @Test
    void aTailThatGoesBackIsRefused() throws Exception {
        var consumer = consumer();
        var memory = memory(consumer.kernelName());
        record(memory, 0, 8);
        tail(memory, 16);
        assertThat(consumer.poll((data, at, length) -> {}, 5)).isEqualTo(1);

        tail(memory, 8);

        assertThatExceptionOfType(RingCorruptedException.class)
                .isThrownBy(() -> consumer.poll((data, at, length) -> {}, 5));
    }

    /** The first record, the second, and the tail; the first is read, if it is right. */
    @ParameterizedTest
    @CsvSource({
        "16, -2, 48", // no length
        "16, 1025, 2048", // longer than may be
        "16, 17, 48", // beyond the tail
        "16, -1, 48", // padding beyond the tail
        "16, 9223372036854775807, 4096",
        "16, -9223372036854775808, 4096",
        "16, 2147483648, 4096",
        "16, 4294967296, 4096"
    })
    void aRecordThatCannotBeIsRefusedAndWhatIsBeforeItRead(long first, long second, long tail) throws Exception {
        var consumer = consumer();
        var memory = memory(consumer.kernelName());
        record(memory, 0, first);
        record(memory, 24, second);
        tail(memory, tail);
        var handled = new int[1];

        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(RingCorruptedException.class)
                    .isThrownBy(() -> consumer.poll((data, at, length) -> handled[0]++, 10))
                    .withMessageStartingWith("ring 'c' is corrupted: a length of " + second + " at position 24, must");
        }

        assertThat(handled[0]).isEqualTo(1);
        assertThat(memory.get(ValueLayout.JAVA_LONG, RingLayout.HEAD)).isEqualTo(24);
    }

    @Test
    void aRecordBeyondTheEndOfTheDataIsRefused() throws Exception {
        var consumer = consumer();
        var memory = memory(consumer.kernelName());
        for (long position = 0; position < 4064; position += 1016) {
            record(memory, position, 1008);
        }
        tail(memory, 4064);
        assertThat(consumer.poll((data, at, length) -> {}, 10)).isEqualTo(4);
        record(memory, 4064, 25);
        tail(memory, 4064 + 40);

        assertThatExceptionOfType(RingCorruptedException.class)
                .isThrownBy(() -> consumer.poll((data, at, length) -> {}, 10))
                .withMessageContaining("a length of 25 at position 4064");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 9, Long.MAX_VALUE, Long.MIN_VALUE})
    void aHeadThatCannotBeIsRefused(long head) throws Exception {
        var producer = producer();
        producer.tryClaim(0);
        producer.commit();
        memory(producer.kernelName()).set(ValueLayout.JAVA_LONG, RingLayout.HEAD, head);

        assertThatExceptionOfType(RingCorruptedException.class)
                .isThrownBy(() -> {
                    for (int i = 0; i <= CAPACITY / 16; i++) {
                        producer.tryClaim(8); // at last it has to look
                    }
                })
                .withMessage("ring 'p' is corrupted: head is " + head + ", must be 0 to 8");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 'it begins with 0x0'",
        "8, 2, 'its version is 2'",
        "16, 8192, 'its capacity is said to be 8192 bytes, and is 4096'",
        "16, -1, 'its capacity is said to be -1 bytes, and is 4096'",
        "256, 8, 'it had no consumer yet, whose position is 8'"
    })
    void aHeaderThatCannotBeIsRefusedAndTheSideLeftFree(long offset, long value, String found) throws Exception {
        var producer = producer();
        var memory = memory(producer.kernelName());
        long right = memory.get(ValueLayout.JAVA_LONG, offset);
        memory.set(ValueLayout.JAVA_LONG, offset, value);
        long pid = reclaim.start();

        assertThatThrownBy(() -> reclaim.rings().attachConsumer(pid, "p"))
                .isInstanceOf(IOException.class)
                .hasMessage("'p' is no ring of version 1: " + found);

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
        assertThat(Kernel.mappings(producer.kernelName())).as("the producer's and ours").hasSize(2);
        memory.set(ValueLayout.JAVA_LONG, offset, right);
        reclaim.rings().attachConsumer(reclaim.start(), "p");
    }

    @Test
    void whatIsNotTheRightSizeForItsHeaderIsNoRing() throws Exception {
        var producer = producer();
        try (var channel = SharedMemory.open(producer.kernelName(), true)) {
            channel.write(ByteBuffer.allocate(CAPACITY), SIZE);
        }

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> reclaim.rings().attachConsumer(reclaim.start(), "p"))
                .isNotInstanceOf(NoSuchFileException.class)
                .withMessageContaining("'p' is no ring of version 1: ");
    }

    @Test
    void memoryThatSomebodyCutsOffIsAnErrorToItsUserAndFreedAllTheSame() throws Exception {
        long pid = reclaim.start();
        var producer = reclaim.rings().createProducer(pid, "cut", CAPACITY).get();
        try (var channel = SharedMemory.open(producer.kernelName(), true)) {
            channel.truncate(0);
        }

        assertThatExceptionOfType(InternalError.class).isThrownBy(() -> producer.tryClaim(8));

        assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        assertThat(Kernel.mappings(producer.kernelName())).isEmpty();
    }

    /** Random words in the header and in the data: whatever comes, it comes soon, and is one of these. */
    @Test
    void noNumbersInTheMemoryDoMoreThanEndTheRing() throws Exception {
        var random = new SplittableRandom(7);
        int corrupted = 0;
        for (int round = 0; round < 300; round++) {
            long pid = reclaim.start();
            var consumer = reclaim.rings().createConsumer(pid, "c", CAPACITY).get();
            var producer = reclaim.rings().createProducer(pid, "p", CAPACITY).get();
            var ofConsumer = memory(consumer.kernelName());
            var ofProducer = memory(producer.kernelName());
            try {
                for (int i = 0; i < 100; i++) {
                    scribble(random, ofConsumer);
                    scribble(random, ofProducer);
                    consumer.poll((data, at, length) -> data.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), 50);
                    consumer.await(Duration.ZERO);
                    long offset = producer.tryClaim(random.nextInt(producer.maxMessageLength()));
                    if (offset >= 0) {
                        producer.segment().set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
                    }
                    producer.commit();
                }
            } catch (RingCorruptedException | RingClosedException e) {
                corrupted++;
            }
            assertThat(reclaim.end(pid).status()).isEqualTo(Status.FREED);
        }
        assertThat(corrupted).isGreaterThan(200);
    }

    private static void scribble(SplittableRandom random, MemorySegment memory) {
        long[] words = {-1, 0, 8, 16, 24, CAPACITY - 8, CAPACITY, random.nextInt(CAPACITY), random.nextLong()};
        long word = words[random.nextInt(words.length)];
        switch (random.nextInt(4)) {
            case 0 -> memory.set(ValueLayout.JAVA_LONG, RingLayout.TAIL, word);
            case 1 -> memory.set(ValueLayout.JAVA_LONG, RingLayout.HEAD, word);
            case 2 -> record(memory, 8L * random.nextInt(CAPACITY / 8), word);
            default -> memory.set(ValueLayout.JAVA_LONG, 8L * random.nextInt((int) SIZE / 8), word);
        }
    }
}
