package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reclaim.rings.internal.RingPlatform.CAPACITY;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.RingProducer;
import org.reclaim.api.ring.RingSide;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.testing.Kernel;

@EnabledOnOs(OS.LINUX)
class ZeroCopyRingsTest {

    private static final long SIZE = RingLayout.HEADER_SIZE + CAPACITY;

    private RingPlatform reclaim;
    private ZeroCopyIpc rings;

    @BeforeEach
    void build() {
        reclaim = new RingPlatform();
        rings = reclaim.rings();
    }

    @AfterEach
    void close() {
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    @Test
    void whatAProducerWritesAConsumerReadsInPlace() throws Exception {
        var pair = reclaim.pair("a", CAPACITY);
        long offset = pair.producer().tryClaim(16);
        pair.producer().segment().set(ValueLayout.JAVA_LONG, offset, 42);
        pair.producer().segment().set(ValueLayout.JAVA_LONG, offset + 8, 43);
        assertThat(pair.consumer().poll((data, at, length) -> assertThat(length).isNegative(), 1)).isZero();

        pair.producer().commit();

        int read = pair.consumer().poll(
                (data, at, length) -> {
                    assertThat(length).isEqualTo(16);
                    assertThat(data.get(ValueLayout.JAVA_LONG, at)).isEqualTo(42);
                    assertThat(data.get(ValueLayout.JAVA_LONG, at + 8)).isEqualTo(43);
                    assertThat(data.isReadOnly()).isTrue();
                },
                10);
        assertThat(read).isEqualTo(1);
    }

    @Test
    void aConsumerMayComeFirstAndAProducerToIt() throws Exception {
        long pid = reclaim.start();
        var consumer = rings.createConsumer(pid, "b", CAPACITY).get();
        var producer = rings.attachProducer(pid, "b").get();

        assertThat(producer.offer(MemorySegment.ofArray(new byte[] {1, 2, 3}), 1, 2)).isTrue();

        consumer.poll((data, at, length) -> {
            assertThat(length).isEqualTo(2);
            assertThat(data.get(ValueLayout.JAVA_BYTE, at + 1)).isEqualTo((byte) 3);
        }, 1);
        assertThat(consumer.isOwner()).isTrue();
        assertThat(producer.isOwner()).isFalse();
    }

    @Test
    void eachSideSaysWhatItIs() throws Exception {
        var pair = reclaim.pair("said", CAPACITY);
        var producer = pair.producer();
        var kernelName = producer.kernelName();

        assertThat(producer.name()).isEqualTo("said");
        assertThat(kernelName).endsWith("-ring-said");
        assertThat(producer.side()).isEqualTo(RingSide.PRODUCER);
        assertThat(producer.capacity()).isEqualTo(CAPACITY);
        assertThat(producer.maxMessageLength()).isEqualTo(CAPACITY / 4);
        assertThat(producer.segment().byteSize()).isEqualTo(CAPACITY);
        assertThat(pair.consumer().side()).isEqualTo(RingSide.CONSUMER);
        assertThat(pair.consumer().kernelName()).isEqualTo(kernelName);
        long address = producer.segment().address() - RingLayout.HEADER_SIZE;
        assertThat(reclaim.labels(pair.producing()))
                .containsExactly("ring 'said' producer, capacity 65536 bytes, /" + kernelName + " at 0x"
                        + Long.toHexString(address));
        assertThat(reclaim.labels(pair.consuming())).singleElement().asString()
                .startsWith("ring 'said' consumer, capacity 65536 bytes, /" + kernelName + " at 0x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of("/dev/shm", kernelName))))
                .isEqualTo("rw-------");
    }

    @Test
    void theEndOfTheOwnerTakesItsMappingAndTheNameAndLeavesTheOtherSide() throws Exception {
        var pair = reclaim.pair("c", CAPACITY);
        var kernelName = pair.producer().kernelName();
        pair.producer().offer(MemorySegment.ofArray(new byte[] {7}), 0, 1);
        assertThat(Kernel.mappings(kernelName)).hasSize(2);
        assertThat(reclaim.sharedMemory()).containsExactly(kernelName);
        assertThat(Kernel.descriptors().values()).noneMatch(target -> target.contains(kernelName));

        var outcome = reclaim.end(pair.producing());

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(outcome.stats().resourcesFreed()).isEqualTo(1);
        assertThat(outcome.stats().bytesFreed()).isEqualTo(SIZE);
        assertThat(Kernel.mappings(kernelName)).hasSize(1);
        assertThat(reclaim.sharedMemory()).isEmpty();
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> pair.producer().tryClaim(1))
                .withMessage("ring 'c': the producer has ended; it can't be used any more");
        assertThat(pair.consumer().poll((data, at, length) -> assertThat(length).isEqualTo(1), 5)).isEqualTo(1);
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> pair.consumer().poll((data, at, length) -> {}, 5))
                .withMessage("ring 'c': the producer has ended; all that it wrote has been read")
                .returns(RingSide.PRODUCER, RingClosedException::side)
                .returns("c", RingClosedException::ring);

        assertThat(reclaim.end(pair.consuming()).stats().bytesFreed()).isEqualTo(SIZE);
        assertThat(Kernel.mappings(kernelName)).isEmpty();
    }

    @Test
    void theEndOfWhoHasAttachedLeavesTheNameAndTellsTheOwner() throws Exception {
        var pair = reclaim.pair("d", CAPACITY);
        var kernelName = pair.producer().kernelName();

        assertThat(reclaim.end(pair.consuming()).status()).isEqualTo(Status.FREED);

        assertThat(Kernel.mappings(kernelName)).hasSize(1);
        assertThat(reclaim.sharedMemory()).containsExactly(kernelName);
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> pair.producer().tryClaim(1))
                .withMessage("ring 'd': the consumer has ended; nobody reads any more");
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> pair.producer().offer(MemorySegment.ofArray(new byte[1]), 0, 1));
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> rings.attachConsumer(reclaim.start(), "d"))
                .withMessage("ring 'd': the consumer has ended; a ring is used once");
    }

    @Test
    void closingAHandleDoesWhatTheEndDoes() throws Exception {
        long pid = reclaim.start();
        var owner = rings.createConsumer(pid, "e", CAPACITY);
        var attached = rings.attachProducer(pid, "e");
        var kernelName = owner.get().kernelName();
        var consumer = owner.get();
        var producer = attached.get();
        producer.offer(MemorySegment.ofArray(new byte[1]), 0, 1);

        attached.close();
        attached.close();

        assertThatThrownBy(attached::get).isInstanceOf(IllegalStateException.class);
        assertThatExceptionOfType(RingClosedException.class).isThrownBy(producer::commit);
        assertThatIllegalStateException()
                .isThrownBy(() -> producer.segment().get(ValueLayout.JAVA_BYTE, 0));
        assertThat(consumer.poll((data, at, length) -> {}, 1)).isEqualTo(1);
        owner.close();
        assertThat(Kernel.mappings(kernelName)).isEmpty();
        assertThat(reclaim.sharedMemory()).isEmpty();
        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> consumer.poll((data, at, length) -> {}, 1))
                .withMessage("ring 'e': the consumer has ended; it can't be used any more");
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aNameIsFreeAgainWhenItsOwnerHasEnded() throws Exception {
        long first = reclaim.start();
        rings.createProducer(first, "f", CAPACITY);
        long second = reclaim.start();

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> rings.createConsumer(second, "f", CAPACITY))
                .withMessageEndingWith("-ring-f");
        reclaim.end(first);

        rings.createConsumer(second, "f", CAPACITY);
        assertThat(reclaim.sharedMemory()).hasSize(1);
    }

    @Test
    void eachSideIsTakenOnce() throws Exception {
        long pid = reclaim.start();
        rings.createProducer(pid, "g", CAPACITY);
        rings.attachConsumer(pid, "g");

        assertThatIllegalStateException()
                .isThrownBy(() -> rings.attachConsumer(pid, "g"))
                .withMessage("ring 'g' has a consumer already, of process " + ProcessHandle.current().pid()
                        + " of the operating system");
        assertThatIllegalStateException().isThrownBy(() -> rings.attachProducer(pid, "g"));
        assertThat(reclaim.end(pid).stats().resourcesFreed()).isEqualTo(2);
    }

    @Test
    void aProducerDoesNotAttachToAConsumerThatHasEnded() throws Exception {
        long pid = reclaim.start();
        var owner = rings.createConsumer(pid, "h", CAPACITY).get();
        try (var channel = SharedMemory.open(owner.kernelName(), true); var arena = Arena.ofConfined()) {
            channel.map(MapMode.READ_WRITE, 0, SIZE, arena)
                    .set(ValueLayout.JAVA_INT, RingLayout.CONSUMER_STATE, RingLayout.LEFT);
        }

        assertThatExceptionOfType(RingClosedException.class)
                .isThrownBy(() -> rings.attachProducer(pid, "h"))
                .withMessage("ring 'h': the consumer has ended; nobody reads any more");
    }

    @Test
    void aRingIsAlsoFoundByTheNameThatTheKernelHas() throws Exception {
        try (var other = new RingPlatform()) {
            var producer = other.rings().createProducer(other.start(), "i", CAPACITY).get();
            producer.offer(MemorySegment.ofArray(new byte[] {9}), 0, 1);
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(() -> rings.attachConsumer(reclaim.start(), "i"));

            var consumer = rings.attachConsumer(reclaim.start(), "/" + producer.kernelName()).get();

            assertThat(consumer.name()).isEqualTo("/" + producer.kernelName());
            assertThat(consumer.kernelName()).isEqualTo(producer.kernelName());
            assertThat(consumer.poll((data, at, length) -> {}, 1)).isEqualTo(1);
        }
    }

    @Test
    void theLargestRingWorksToItsEnd() throws Exception {
        long available = Files.getFileStore(Path.of("/dev/shm")).getUsableSpace();
        long capacity = Math.min(RingLayout.MAX_CAPACITY, Long.highestOneBit(available / 4));
        var pair = reclaim.pair("m", capacity);
        RingProducer producer = pair.producer();
        int length = producer.maxMessageLength() - 8;
        for (int i = 0; i < 4; i++) {
            long offset = producer.tryClaim(length);
            producer.segment().set(ValueLayout.JAVA_BYTE, offset + length - 1, (byte) i);
        }
        assertThat(producer.tryClaim(0)).isEqualTo(RingProducer.INSUFFICIENT_SPACE);
        producer.commit();

        byte[] last = {0};
        assertThat(pair.consumer().poll(
                        (data, at, size) ->
                                assertThat(data.get(ValueLayout.JAVA_BYTE, at + size - 1)).isEqualTo(last[0]++),
                        9))
                .isEqualTo(4);
    }
}
