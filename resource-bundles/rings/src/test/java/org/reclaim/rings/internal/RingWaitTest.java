package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.reclaim.api.ring.RingProducer.INSUFFICIENT_SPACE;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.api.ring.RingClosedException;
import org.reclaim.api.ring.RingSide;
import org.reclaim.rings.internal.RingPlatform.Pair;

/** Waiting for space and for messages, and what ends it. */
@EnabledOnOs(OS.LINUX)
class RingWaitTest {

    private static final int CAPACITY = 4096;
    private static final Duration LONG = Duration.ofMinutes(5);

    private RingPlatform reclaim;
    private Pair pair;

    @BeforeEach
    void build() throws IOException {
        reclaim = new RingPlatform();
        pair = reclaim.pair("w", CAPACITY);
    }

    @AfterEach
    void close() {
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    /** A thread that waits on one side of the ring, and what came of it. */
    private record Waiter(Thread thread, CompletableFuture<Object> result) {

        static Waiter start(Thread.Builder threads, Pair pair, RingSide side) {
            var result = new CompletableFuture<Object>();
            var thread = threads.start(() -> {
                try {
                    result.complete(
                            side == RingSide.PRODUCER
                                    ? pair.producer().claim(8, LONG)
                                    : pair.consumer().await(LONG));
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            });
            var waiter = new Waiter(thread, result);
            await().until(() -> thread.getState() == Thread.State.TIMED_WAITING || result.isDone());
            assertThat(result).isNotDone();
            return waiter;
        }

        Throwable failure() {
            try {
                return new AssertionError("it returned " + result.join());
            } catch (CompletionException e) {
                return e.getCause();
            }
        }
    }

    /** One thread that waits on a side; that of the producer is full then. */
    private Waiter waiting(RingSide side) {
        if (side == RingSide.PRODUCER) {
            fill();
        }
        return Waiter.start(Thread.ofPlatform(), pair, side);
    }

    private void fill() {
        while (pair.producer().tryClaim(1000) >= 0) {
            pair.producer().commit();
        }
        while (pair.producer().tryClaim(0) >= 0) {
            pair.producer().commit();
        }
    }

    @Test
    void aProducerGoesOnWhenThereIsSpace() {
        var waiter = waiting(RingSide.PRODUCER);

        pair.consumer().poll((data, at, length) -> {}, 1);

        assertThat((Long) waiter.result.join()).isNotNegative();
    }

    @Test
    void aConsumerGoesOnWhenThereIsAMessage() {
        var waiter = waiting(RingSide.CONSUMER);

        pair.producer().tryClaim(8);
        pair.producer().commit();

        assertThat(waiter.result.join()).isEqualTo(true);
    }

    @Test
    void nobodyWaitsForWhatIsThere() throws Exception {
        assertThat(pair.producer().claim(8, Duration.ZERO)).isNotNegative();
        pair.producer().commit();
        Thread.currentThread().interrupt();

        assertThat(pair.consumer().await(Duration.ZERO)).isTrue();
        assertThat(pair.producer().claim(8, Duration.ZERO)).isNotNegative();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theTimeIsKept() throws Exception {
        fill();
        for (var timeout : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(50))) {
            long begin = System.nanoTime();
            assertThat(pair.producer().claim(8, timeout)).isEqualTo(INSUFFICIENT_SPACE);
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(timeout.toNanos());
        }
        pair.consumer().poll((data, at, length) -> {}, CAPACITY);
        for (var timeout : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofMillis(50))) {
            long begin = System.nanoTime();
            assertThat(pair.consumer().await(timeout)).isFalse();
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(timeout.toNanos());
        }
    }

    @Test
    void aTimeBeyondAllNumbersIsTaken() {
        var result = new CompletableFuture<Boolean>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                result.complete(pair.consumer().await(Duration.ofSeconds(Long.MAX_VALUE)));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

        thread.interrupt();

        assertThatThrownBy(result::join).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void aNegativeTimeIsRefused() {
        var negative = Duration.ofNanos(-1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.producer().claim(8, negative))
                .withMessage("timeout is PT-0.000000001S, must not be negative");
        assertThatIllegalArgumentException().isThrownBy(() -> pair.consumer().await(negative));
    }

    @Test
    void nobodyWaitsForSpaceThatHeHasClaimedHimself() {
        pair.producer().tryClaim(1000);
        pair.producer().tryClaim(1000);
        pair.producer().tryClaim(1000);
        pair.producer().tryClaim(900);

        assertThatIllegalStateException()
                .isThrownBy(() -> pair.producer().claim(1000, LONG))
                .withMessageStartingWith("ring 'w': ")
                .withMessageEndingWith(" are claimed and not committed, so a message of 1000 bytes can't fit");
        pair.producer().abort();
        assertThat(pair.producer().tryClaim(1000)).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWaitAndNothingElse(RingSide side) {
        var waiter = waiting(side);

        waiter.thread.interrupt();

        assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        assertThat(pair.consumer().poll((data, at, length) -> {}, CAPACITY)).isNotNegative();
        assertThat(pair.producer().tryClaim(8)).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheProcessEndsTheWait(RingSide side) {
        var waiter = waiting(side);

        var outcome = reclaim.end(side == RingSide.PRODUCER ? pair.producing() : pair.consuming());

        assertThat(outcome.status()).isEqualTo(Status.FREED);
        assertThat(waiter.failure())
                .isInstanceOf(RingClosedException.class)
                .hasMessage("ring 'w': the " + side + " has ended; it can't be used any more");
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheOtherSideEndsTheWait(RingSide side) {
        var waiter = waiting(side);

        reclaim.end(side == RingSide.PRODUCER ? pair.consuming() : pair.producing());

        assertThat(waiter.failure())
                .isInstanceOf(RingClosedException.class)
                .hasMessageStartingWith("ring 'w': the " + side.peer() + " has ended; ");
    }

    @ParameterizedTest
    @EnumSource
    void whoIsToldThatHisProcessEndsWaitsNoMoreButFinishesWhatNeedsNoWaiting(RingSide side) throws Exception {
        var waiter = waiting(side);
        var ring = side == RingSide.PRODUCER ? pair.producer() : pair.consumer();

        ring.stopWaiting();

        assertThat(waiter.failure()).isInstanceOf(RingClosedException.class);
        if (side == RingSide.PRODUCER) {
            assertThatExceptionOfType(RingClosedException.class).isThrownBy(() -> pair.producer().claim(8, LONG));
            assertThat(pair.consumer().poll((data, at, length) -> {}, CAPACITY)).isPositive();
            assertThat(pair.producer().claim(8, LONG)).isNotNegative();
            pair.producer().commit();
        } else {
            assertThatExceptionOfType(RingClosedException.class).isThrownBy(() -> pair.consumer().await(LONG));
            pair.producer().tryClaim(8);
            pair.producer().commit();
            assertThat(pair.consumer().await(LONG)).isTrue();
        }
        assertThat(pair.consumer().poll((data, at, length) -> {}, 1)).isEqualTo(1);
    }

    @Test
    void virtualThreadsThatWaitLeaveTheirCarriersToOthers() throws Exception {
        int rings = 4 * Runtime.getRuntime().availableProcessors();
        var waiters = new ArrayList<Waiter>();
        long consuming = reclaim.start();
        for (int i = 0; i < rings; i++) {
            var other = reclaim.pair("v" + i, CAPACITY);
            waiters.add(Waiter.start(Thread.ofVirtual(), other, RingSide.CONSUMER));
        }
        var free = new CompletableFuture<Boolean>();

        Thread.ofVirtual().start(() -> free.complete(true));

        assertThat(free.join()).isTrue();
        reclaim.end(consuming);
        waiters.forEach(waiter -> waiter.thread.interrupt());
        assertThat(waiters).allSatisfy(waiter ->
                assertThat(waiter.failure()).isInstanceOf(InterruptedException.class));
    }
}
