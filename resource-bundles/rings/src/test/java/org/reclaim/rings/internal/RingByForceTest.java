package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ring.MessageHandler;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;

/** Two threads at full speed, undisturbed and while a side ends. */
@EnabledOnOs(OS.LINUX)
class RingByForceTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private RingPlatform reclaim;

    @BeforeEach
    void build() {
        reclaim = new RingPlatform();
    }

    @AfterEach
    void close() {
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    /** Messages of random lengths with their number in each eight bytes; both sides draw the same lengths. */
    private static final class Lengths {

        private final SplittableRandom random = new SplittableRandom(42);
        private final int longest;

        Lengths(int longest) {
            this.longest = longest;
        }

        /** Most are short, so that it is the ring that is busy; one in a thousand is as long as can be. */
        int next() {
            int dice = random.nextInt(1000);
            if (dice == 0) {
                return longest;
            }
            return dice < 20 ? random.nextInt(longest + 1) : random.nextInt(Math.min(longest, 64) + 1);
        }
    }

    /** Checks what it reads against what must come. */
    private static final class Checker implements MessageHandler {

        private final Lengths lengths;
        private long count;

        Checker(int longest) {
            lengths = new Lengths(longest);
        }

        @Override
        public void onMessage(MemorySegment data, long offset, int length) {
            int expected = lengths.next();
            if (length != expected) {
                throw new AssertionError("message " + count + " has " + length + " bytes, not " + expected);
            }
            for (int i = 0; i + Long.BYTES <= length; i += Long.BYTES) {
                long found = data.get(ValueLayout.JAVA_LONG, offset + i);
                if (found != count + i) {
                    throw new AssertionError("message " + count + " has " + (found - i) + " at " + i);
                }
            }
            count++;
        }
    }

    private static void fill(MemorySegment segment, long offset, int length, long number) {
        for (int i = 0; i + Long.BYTES <= length; i += Long.BYTES) {
            segment.set(ValueLayout.JAVA_LONG, offset + i, number + i);
        }
    }

    private static void produce(RingProducer producer, long messages, int batch) throws InterruptedException {
        var lengths = new Lengths(producer.maxMessageLength());
        for (long number = 0; number < messages; number++) {
            int length = lengths.next();
            long offset = producer.tryClaim(length);
            if (offset < 0) {
                producer.commit();
                offset = producer.claim(length, LONG);
            }
            try {
                fill(producer.segment(), offset, length, number);
            } catch (IllegalStateException ended) {
                // An access to memory, not a call of the ring, see RingProducer.segment: the next call says it.
                producer.commit();
                throw new AssertionError("committed although the memory has gone", ended);
            }
            if (batch == 1 || number % batch == 0) {
                producer.commit();
            }
        }
        producer.commit();
    }

    @ParameterizedTest
    @CsvSource({"4096, 1, 1", "4096, 7, 3", "65536, 1, 100", "1048576, 50, 1000"})
    void nothingIsLostOrMixedUp(long capacity, int batch, int limit) throws Exception {
        long messages = 3_000_000;
        var pair = reclaim.pair("force", capacity);
        var producing = run(() -> produce(pair.producer(), messages, batch));
        var checker = new Checker(pair.consumer().maxMessageLength());

        while (checker.count < messages) {
            if (pair.consumer().poll(checker, limit) == 0) {
                assertThat(pair.consumer().await(LONG)).isTrue();
            }
        }

        producing.join();
        assertThat(pair.consumer().await(Duration.ZERO)).isFalse();
    }

    @Test
    void aMessageMakesNoGarbage() throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int messages = 1_000_000;
        var pair = reclaim.pair("garbage", 1 << 16);
        var allocated = new AtomicReference<Long>();
        var begin = new CountDownLatch(1);
        var warm = new CountDownLatch(1);
        var producing = run(() -> {
            produceLongs(pair.producer(), messages);
            warm.countDown();
            begin.await();
            long before = threads.getCurrentThreadAllocatedBytes();
            produceLongs(pair.producer(), messages);
            allocated.set(threads.getCurrentThreadAllocatedBytes() - before);
        });
        MessageHandler nothing = (data, offset, length) -> data.get(ValueLayout.JAVA_LONG, offset);
        consume(pair.consumer(), nothing, messages);
        warm.await();
        begin.countDown();
        long before = threads.getCurrentThreadAllocatedBytes();

        consume(pair.consumer(), nothing, messages);

        // What is left is that of classes loaded and code compiled on the way.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(messages / 10);
        producing.join();
        assertThat(allocated.get()).isLessThan(messages / 10);
    }

    private static void produceLongs(RingProducer producer, int messages) throws InterruptedException {
        for (int i = 0; i < messages; i++) {
            long offset = producer.claim(Long.BYTES, LONG);
            producer.segment().set(ValueLayout.JAVA_LONG, offset, i);
            producer.commit();
        }
    }

    private static void consume(RingConsumer consumer, MessageHandler handler, int messages)
            throws InterruptedException {
        int count = 0;
        while (count < messages) {
            if (consumer.await(LONG)) {
                count += consumer.poll(handler, 100);
            }
        }
    }

    /** Which process ends in the middle, and how. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theEndOfASideInTheMiddleIsClearToBoth(boolean producerEnds) throws Exception {
        for (int round = 0; round < 100; round++) {
            var pair = reclaim.pair("end-" + round, 4096);
            var running = new CountDownLatch(1);
            var producing = run(() -> assertThatExceptionOfType(RingClosedException.class)
                    .isThrownBy(() -> produce(pair.producer(), Long.MAX_VALUE, 1)));
            var checker = new Checker(pair.consumer().maxMessageLength());
            var consuming = run(() -> assertThatExceptionOfType(RingClosedException.class).isThrownBy(() -> {
                while (true) {
                    if (pair.consumer().poll(checker, 10) == 0) {
                        pair.consumer().await(LONG);
                    } else if (checker.count > 50) {
                        running.countDown();
                    }
                }
            }));
            running.await();
            spin(ThreadLocalRandom.current().nextInt(10_000));

            ProcessEnd end = reclaim.platform().end(producerEnds ? pair.producing() : pair.consuming());

            assertThat(end.cleanup().isSuccess()).as("%s", end).isTrue();
            if (producerEnds) {
                producing.join();
                consuming.join();
            } else {
                consuming.join();
                producing.join();
            }
            reclaim.end(producerEnds ? pair.consuming() : pair.producing());
        }
    }

    @Test
    void whatWasCommittedBeforeTheEndIsRead() throws Exception {
        for (int round = 0; round < 200; round++) {
            var name = "drain-" + round;
            long producing = reclaim.start();
            var handle = reclaim.rings().createProducer(producing, name, 4096);
            long consuming = reclaim.start();
            var consumer = reclaim.rings().attachConsumer(consuming, name).get();
            int messages = 1 + round;
            var producer = run(() -> {
                produce(handle.get(), messages, 1);
                handle.close();
            });
            var checker = new Checker(consumer.maxMessageLength());

            assertThatExceptionOfType(RingClosedException.class).isThrownBy(() -> {
                while (true) {
                    if (consumer.poll(checker, 3) == 0) {
                        consumer.await(LONG);
                    }
                }
            });

            assertThat(checker.count).isEqualTo(messages);
            producer.join();
            reclaim.end(consuming);
        }
    }

    @Test
    void ofManyWhoWantTheSameSideOneGetsIt() throws Exception {
        int threads = 4;
        for (int round = 0; round < 100; round++) {
            var name = "race-" + round;
            long pid = reclaim.start();
            reclaim.rings().createProducer(pid, name, 4096);
            var begin = new CountDownLatch(threads);
            var got = new AtomicInteger();
            var all = new CompletableFuture<?>[threads];
            for (int i = 0; i < threads; i++) {
                all[i] = run(() -> {
                    begin.countDown();
                    begin.await();
                    try {
                        reclaim.rings().attachConsumer(pid, name);
                        got.incrementAndGet();
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("has a consumer already");
                    }
                });
            }
            CompletableFuture.allOf(all).join();
            assertThat(got).hasValue(1);
            assertThat(reclaim.end(pid).stats().resourcesFreed()).isEqualTo(2);
        }
    }

    @Test
    void ofManyWhoCreateTheSameNameOneGetsItAndWhoAttachesMeanwhileGetsAWholeRing() throws Exception {
        int threads = 4;
        for (int round = 0; round < 100; round++) {
            var name = "create-" + round;
            long pid = reclaim.start();
            var begin = new CountDownLatch(threads);
            var got = new AtomicInteger();
            var all = new CompletableFuture<?>[threads];
            for (int i = 0; i < threads; i++) {
                boolean attaches = i % 2 == 0;
                all[i] = run(() -> {
                    begin.countDown();
                    begin.await();
                    try {
                        if (attaches) {
                            var consumer = reclaim.rings().attachConsumer(pid, name).get();
                            assertThat(consumer.poll((data, at, length) -> {}, 1)).isZero();
                        } else {
                            reclaim.rings().createProducer(pid, name, 4096);
                            got.incrementAndGet();
                        }
                    } catch (IOException | IllegalStateException e) {
                        assertThat(e).isNotInstanceOf(RingClosedException.class);
                    }
                });
            }
            CompletableFuture.allOf(all).join();
            assertThat(got).hasValue(1);
            reclaim.end(pid);
        }
    }

    /** Something that may throw. */
    @FunctionalInterface
    private interface Body {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> run(Body body) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> {
            try {
                body.run();
                done.complete(null);
            } catch (Throwable t) {
                done.completeExceptionally(t);
            }
        });
        return done;
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }
}
