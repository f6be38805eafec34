package org.reclaim.rings.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.ring.RingConsumer;
import org.reclaim.api.ring.RingProducer;

/** Random claims, commits, aborts and polls do what the simplest model of a ring does. */
@EnabledOnOs(OS.LINUX)
class RingModelTest {

    private static final int CAPACITY = 4096;
    private static final int LONGEST = CAPACITY / 4;
    private static final int STEPS = 100_000;

    /** A message: its number, its length, and the position where the next one begins. */
    private record Message(int number, int length, long end) {}

    /** Bytes are counted one by one, and nothing is remembered that could be computed. */
    private static final class Model {

        private final List<Message> claimed = new ArrayList<>();
        private final ArrayDeque<Message> committed = new ArrayDeque<>();
        private int number;
        private long tail;
        private long head;

        boolean claim(int length) {
            long start = claimed.isEmpty() ? tail : claimed.getLast().end();
            int size = 8 + length;
            while (size % 8 != 0) {
                size++;
            }
            if (start % CAPACITY + size > CAPACITY) {
                while (start % CAPACITY != 0) {
                    start++;
                }
            }
            if (start + size > head + CAPACITY) {
                return false;
            }
            claimed.add(new Message(number++, length, start + size));
            return true;
        }

        void commit() {
            if (!claimed.isEmpty()) {
                committed.addAll(claimed);
                tail = claimed.getLast().end();
                claimed.clear();
            }
        }

        List<Message> poll(int limit) {
            var read = new ArrayList<Message>();
            while (read.size() < limit && !committed.isEmpty()) {
                read.add(committed.remove());
                head = read.getLast().end();
            }
            return read;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itDoesAsTheModel(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var model = new Model();
        var reclaim = new RingPlatform();
        try (reclaim) {
            var pair = reclaim.pair("m", CAPACITY);
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> claim(model, pair.producer(), random.nextInt(LONGEST + 1), step);
                    case 3 -> claim(model, pair.producer(), random.nextInt(20), step);
                    case 4, 5 -> {
                        model.commit();
                        pair.producer().commit();
                    }
                    case 6 -> poll(model, pair.consumer(), 1 + random.nextInt(5), step);
                    default -> {
                        if (random.nextInt(3) == 0) {
                            model.claimed.clear();
                            pair.producer().abort();
                        }
                    }
                }
            }
        }
        reclaim.assertNothingLeft();
    }

    private static void claim(Model model, RingProducer producer, int length, int step) {
        int number = model.number;
        long offset = producer.tryClaim(length);
        assertThat(offset >= 0).as("step %d, length %d", step, length).isEqualTo(model.claim(length));
        if (offset >= 0) {
            for (int i = 0; i < length; i++) {
                producer.segment().set(ValueLayout.JAVA_BYTE, offset + i, (byte) (number + i));
            }
        }
    }

    private static void poll(Model model, RingConsumer consumer, int limit, int step) {
        var expected = new ArrayDeque<>(model.poll(limit));
        consumer.poll(
                (data, at, length) -> {
                    var message = expected.remove();
                    assertThat(length).as("step %d", step).isEqualTo(message.length());
                    for (int i = 0; i < length; i++) {
                        if (data.get(ValueLayout.JAVA_BYTE, at + i) != (byte) (message.number() + i)) {
                            throw new AssertionError("step " + step + ": wrong content at " + i);
                        }
                    }
                },
                limit);
        assertThat(expected).as("step %d", step).isEmpty();
    }
}
