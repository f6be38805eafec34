package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.reclaim.api.ring.RingProducer.INSUFFICIENT_SPACE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;

/** What goes through a ring: in one thread, step by step. */
@EnabledOnOs(OS.LINUX)
class RingTransferTest {

    private static final int CAPACITY = 4096;
    private static final int LONGEST = CAPACITY / 4;

    private RingPlatform reclaim;
    private RingProducer producer;
    private RingConsumer consumer;

    @BeforeEach
    void build() throws IOException {
        reclaim = new RingPlatform();
        var pair = reclaim.pair("r", CAPACITY);
        producer = pair.producer();
        consumer = pair.consumer();
    }

    @AfterEach
    void close() {
        reclaim.close();
        reclaim.assertNothingLeft();
    }

    @Test
    void messagesOfAllLengthsKeepTheirContentAndTheirOrderRoundAndRound() {
        for (int length = 0; length <= LONGEST; length++) {
            offer(length);
            offer(LONGEST - length);
            assertThat(poll(10)).containsExactly(length, LONGEST - length);
        }
        assertThat(poll(1)).isEmpty();
    }

    @Test
    void aFullRingRefusesUntilSomethingWasRead() {
        int taken = 0;
        while (tryOffer(56)) {
            taken++;
        }
        assertThat(taken).isEqualTo(CAPACITY / 64);
        assertThat(producer.tryClaim(0)).isEqualTo(INSUFFICIENT_SPACE);
        assertThat(tryOffer(LONGEST)).isFalse();

        assertThat(poll(1)).containsExactly(56);

        assertThat(tryOffer(56)).isTrue();
        assertThat(tryOffer(0)).isFalse();
        assertThat(poll(1000)).hasSize(taken);
    }

    @Test
    void theLongestMessageFitsIntoAnEmptyRingWhereverItStands() {
        for (int length = 0; length < CAPACITY; length += 8) {
            offer(length % LONGEST);
            poll(1);
            assertThat(tryOffer(LONGEST)).isTrue();
            assertThat(poll(1)).containsExactly(LONGEST);
        }
    }

    @Test
    void aBatchIsSeenWholeOrNotAtAll() {
        for (int i = 0; i < 5; i++) {
            write(producer.tryClaim(i), i);
        }
        assertThat(poll(10)).isEmpty();

        producer.commit();

        assertThat(poll(10)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whatIsAbortedIsNeverSeenAndItsSpaceIsUsedAgain() {
        offer(7);
        long offset = producer.tryClaim(100);
        producer.tryClaim(200);

        producer.abort();

        assertThat(producer.tryClaim(50)).isEqualTo(offset);
        producer.abort();
        producer.commit();
        assertThat(poll(10)).containsExactly(7);
        offer(9);
        assertThat(poll(10)).containsExactly(9);
    }

    @Test
    void anAbortedClaimAtTheEndOfTheDataLeavesNoTrace() {
        for (int i = 0; i < 3; i++) {
            offer(LONGEST);
            poll(1);
        }
        long first = producer.tryClaim(8);
        assertThat(first).isGreaterThan(CAPACITY / 2);
        producer.abort();
        assertThat(producer.tryClaim(LONGEST)).as("it begins anew").isEqualTo(8);
        producer.abort();

        assertThat(producer.tryClaim(8)).isEqualTo(first);
        write(first, 8);
        producer.commit();
        assertThat(poll(1)).containsExactly(8);
    }

    @Test
    void aPollReadsNoMoreThanItsLimitAndGivesTheirSpaceBackAtItsEnd() {
        for (int i = 0; i < 4; i++) {
            offer(LONGEST - 8);
        }

        int read = consumer.poll((data, at, length) -> assertThat(tryOffer(0)).as("its space is in use").isFalse(), 3);

        assertThat(read).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            offer(LONGEST - 8);
        }
        assertThat(tryOffer(0)).isFalse();
        assertThat(poll(9)).hasSize(4);
    }

    @Test
    void aMessageWhoseHandlerThrowsCountsAsRead() {
        offer(1);
        offer(2);
        offer(3);
        var failure = new IllegalStateException("handler");

        assertThatIllegalStateException()
                .isThrownBy(() -> consumer.poll(
                        (data, at, length) -> {
                            if (length == 2) {
                                throw failure;
                            }
                        },
                        10))
                .isSameAs(failure);

        assertThat(poll(10)).containsExactly(3);
        assertThat(tryOffer(LONGEST)).isTrue();
    }

    @Test
    void aConsumerThatIsEndedWhileItsHandlerRunsSaysSoAndKeepsWhatTheHandlerThrew() {
        offer(1);
        var failure = new IllegalArgumentException("handler");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer.poll(
                        (data, at, length) -> {
                            consumer.release();
                            throw failure;
                        },
                        10))
                .isSameAs(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, LONGEST + 1, Integer.MAX_VALUE})
    void wrongLengthsAreRefused(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> producer.tryClaim(length))
                .withMessage("length is " + length + ", must be 0 to " + LONGEST);
        assertThatIllegalArgumentException().isThrownBy(() -> producer.claim(length, Duration.ZERO));
        if (length == LONGEST + 1) {
            var source = MemorySegment.ofArray(new byte[length]);
            assertThatIllegalArgumentException().isThrownBy(() -> producer.offer(source, 0, length));
        }
        assertThat(tryOffer(8)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0})
    void wrongLimitsAreRefused(int limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer.poll((data, at, length) -> {}, limit))
                .withMessage("limit is " + limit + ", must be 1 or more");
        assertThatNullPointerException().isThrownBy(() -> consumer.poll(null, 1)).withMessage("handler");
    }

    @Test
    void anOfferOfWhatTheSourceDoesNotHaveIsRefusedAndLeavesNothing() {
        var source = MemorySegment.ofArray(new byte[10]);
        MemorySegment stale;
        try (var arena = Arena.ofConfined()) {
            stale = arena.allocate(10);
        }

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> producer.offer(source, 5, 6));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> producer.offer(source, -1, 2));
        assertThatIllegalStateException()
                .isThrownBy(() -> producer.offer(stale, 0, 10))
                .withMessage("Already closed");
        producer.commit();
        assertThat(poll(1)).isEmpty();
    }

    @Test
    void anOfferCommitsWhatWasClaimedBeforeIt() {
        write(producer.tryClaim(3), 3);
        offer(4);

        assertThat(poll(9)).containsExactly(3, 4);
    }

    @Test
    void aSegmentEndsWithTheData() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> producer.segment().set(ValueLayout.JAVA_BYTE, CAPACITY, (byte) 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> producer.segment().set(ValueLayout.JAVA_BYTE, -1, (byte) 0));
    }

    private void offer(int length) {
        assertThat(tryOffer(length)).isTrue();
    }

    private boolean tryOffer(int length) {
        var source = new byte[length + 2];
        for (int i = 0; i < length; i++) {
            source[i + 1] = (byte) (length + i);
        }
        return producer.offer(MemorySegment.ofArray(source), 1, length);
    }

    private void write(long offset, int length) {
        assertThat(offset).isNotNegative();
        for (int i = 0; i < length; i++) {
            producer.segment().set(ValueLayout.JAVA_BYTE, offset + i, (byte) (length + i));
        }
    }

    /** Reads, checks the content, and tells the lengths. */
    private List<Integer> poll(int limit) {
        var lengths = new ArrayList<Integer>();
        int read = consumer.poll(
                (data, at, length) -> {
                    for (int i = 0; i < length; i++) {
                        assertThat(data.get(ValueLayout.JAVA_BYTE, at + i)).isEqualTo((byte) (length + i));
                    }
                    lengths.add(length);
                },
                limit);
        assertThat(lengths).hasSize(read);
        return lengths;
    }
}
