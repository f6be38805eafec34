package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.reclaim.rings.internal.RingPlatform.CAPACITY;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ResourceLimitException;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingLayout;
import org.reclaim.api.ring.ZeroCopyIpc;
import org.reclaim.orchestrator.ResourceLimits;
import org.reclaim.syscalls.SharedMemory;
import org.reclaim.testing.Kernel;

/** What is refused before anything is acquired, and leaves nothing. */
@EnabledOnOs(OS.LINUX)
class RingRefusalsTest {

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

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "/a", "ä", "a b", "a\0b", "a\n"})
    void wrongNamesAreRefused(String name) {
        long pid = reclaim.start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> rings.createProducer(pid, name, CAPACITY))
                .withMessage("name is '" + name + "', must be 1 to 128 letters, digits, '.', '_' or '-' of ASCII");
        assertThatIllegalArgumentException().isThrownBy(() -> rings.createConsumer(pid, name, CAPACITY));
        if (!name.startsWith("/")) {
            assertThatIllegalArgumentException().isThrownBy(() -> rings.attachProducer(pid, name));
            assertThatIllegalArgumentException().isThrownBy(() -> rings.attachConsumer(pid, name));
        }
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//a", "/a/b", "/.", "/..", "/ä"})
    void wrongKernelNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rings.attachConsumer(reclaim.start(), name))
                .withMessageStartingWith("name is '" + name + "', must be '/' and 1 to 254 letters");
    }

    @Test
    void namesHaveUpTo128Characters() throws Exception {
        long pid = reclaim.start();
        rings.createProducer(pid, "x".repeat(128), CAPACITY);
        rings.attachConsumer(pid, "x".repeat(128));

        assertThatIllegalArgumentException().isThrownBy(() -> rings.createProducer(pid, "x".repeat(129), CAPACITY));
        assertThatIllegalArgumentException().isThrownBy(() -> rings.attachConsumer(pid, "x".repeat(129)));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 2048, 4095, 4097, 6144, 2L << 30, Long.MAX_VALUE})
    void wrongCapacitiesAreRefused(long capacity) {
        long pid = reclaim.start();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> rings.createProducer(pid, "j", capacity))
                .withMessage("capacity is " + capacity + ", must be a power of two from 4096 to 1073741824");
        assertThatIllegalArgumentException().isThrownBy(() -> rings.createConsumer(pid, "j", capacity));
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @Test
    void aRingThatIsNotThereIsSaidSo() {
        long pid = reclaim.start();

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> rings.attachConsumer(pid, "absent"))
                .withMessageEndingWith("-ring-absent");
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> rings.attachProducer(pid, "/absent"));
        assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4096, 8191, 8192, 8193, 12288})
    void otherMemoryIsNoRing(long size) throws Exception {
        var name = "reclaim-test-" + UUID.randomUUID();
        SharedMemory.create(name, size).close();
        long pid = reclaim.start();
        try {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> rings.attachConsumer(pid, "/" + name))
                    .withMessageStartingWith("'/" + name + "' is no ring of version 1: ");
            assertThat(reclaim.end(pid).status()).isEqualTo(Status.EMPTY);
            assertThat(Kernel.mappings(name)).isEmpty();
        } finally {
            SharedMemory.unlink(name);
        }
    }

    @Test
    void limitsCountEachSideWithItsMapping() throws Exception {
        try (var limited = new RingPlatform((builder, type) -> builder.with(type)
                .limits(Rings.TYPE, new ResourceLimits(SIZE, 2 * SIZE)))) {
            long first = limited.start();
            limited.rings().createProducer(first, "k", CAPACITY);
            assertThatExceptionOfType(ResourceLimitException.class)
                    .isThrownBy(() -> limited.rings().attachConsumer(first, "k"));
            assertThatExceptionOfType(ResourceLimitException.class)
                    .isThrownBy(() -> limited.rings().createConsumer(first, "l", RingLayout.MIN_CAPACITY));
            assertThat(limited.sharedMemory()).hasSize(1);

            RingConsumer consumer = limited.rings().attachConsumer(limited.start(), "k").get();

            assertThat(consumer.poll((data, at, length) -> {}, 1)).isZero();
        }
    }
}
