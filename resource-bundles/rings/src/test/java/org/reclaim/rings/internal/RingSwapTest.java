package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.testing.Kernel;

/** A second instance of the type takes over from the first. */
@EnabledOnOs(OS.LINUX)
class RingSwapTest {

    private static final int CAPACITY = 4096;

    private final AtomicReference<ResourceTables> tables = new AtomicReference<>();
    private final AtomicReference<Rings> first = new AtomicReference<>();

    /** Keeps what it makes and what that is made of. */
    private final class Keeping implements ResourceTypeProvider {

        private final ResourceTypeProvider provider;

        Keeping(ResourceTypeProvider provider) {
            this.provider = provider;
        }

        @Override
        public String resourceType() {
            return provider.resourceType();
        }

        @Override
        public int ranking() {
            return provider.ranking();
        }

        @Override
        public ResourceCleanup create(ResourceTables given) {
            tables.set(given);
            first.set((Rings) provider.create(given));
            return first.get();
        }
    }

    @Test
    void whatTheFirstHasMadeTheSecondServesAndFrees() throws Exception {
        var reclaim = new RingPlatform((builder, type) -> builder.with(new Keeping(type)));
        try (reclaim) {
            long writing = reclaim.start();
            long reading = reclaim.start();
            var handle = reclaim.rings().createProducer(writing, "kept", CAPACITY);
            var producer = handle.get();
            var waiting = reclaim.rings().createConsumer(reading, "waits", CAPACITY).get();

            first.get().detach();
            producer.tryClaim(8);
            producer.commit();
            var second = new RingsType("reclaim-test-another-prefix-").createRings(tables.get());

            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> second.createProducer(writing, "kept", CAPACITY));
            var consumer = second.attachConsumer(reading, "kept").get();
            assertThat(consumer.poll((data, at, length) -> {}, 9)).isEqualTo(1);
            var waiter = CompletableFuture.supplyAsync(() -> {
                try {
                    return waiting.await(Duration.ofMinutes(5));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            second.ending(reading);
            assertThat(waiter.handle((ready, failure) -> failure).join())
                    .hasCauseInstanceOf(RingClosedException.class);
            handle.close();
            assertThat(Kernel.sharedMemory()).doesNotContain(producer.kernelName());
            assertThat(reclaim.end(reading).status()).isEqualTo(Status.FREED);
            assertThat(reclaim.end(writing).status()).isEqualTo(Status.EMPTY);
        }
        reclaim.assertNothingLeft();
    }
}
