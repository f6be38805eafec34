package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.reclaim.api.CleanupResult;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessKind;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Together;

/** The history keeps the latest ends, as many as it is told to at the moment. */
class HistoryTest {

    private final AtomicInteger size = new AtomicInteger(5);
    private final History history = new History(size::get);

    @Test
    void itShrinksAtOnceToTheLatest() {
        add(1, 7);
        assertThat(pids()).containsExactly(7L, 6L, 5L, 4L, 3L);

        size.set(2);

        assertThat(pids()).containsExactly(7L, 6L);
        assertThat(history.find(5)).isEmpty();
        assertThat(history.find(6)).isPresent();
        add(8, 9);
        assertThat(pids()).containsExactly(9L, 8L);
    }

    @Test
    void itGrowsAndKeepsWhatItHad() {
        add(1, 7);
        size.set(8);
        assertThat(pids()).containsExactly(7L, 6L, 5L, 4L, 3L);

        add(8, 12);

        assertThat(pids()).containsExactly(12L, 11L, 10L, 9L, 8L, 7L, 6L, 5L);
    }

    @Test
    void noEndIsLostWhileItsSizeChanges() throws Exception {
        var next = new AtomicLong();
        size.set(201); // never less than what the check looks at
        for (int round = 0; round < 300; round++) {
            Together.run(
                    thread -> LongStream.range(0, 100).forEach(i -> history.add(end(next.incrementAndGet()))),
                    thread -> LongStream.range(0, 100).forEach(i -> history.add(end(next.incrementAndGet()))),
                    thread -> {
                        for (int wanted : new int[] {1000, 300, 700, 250, 201}) {
                            size.set(wanted);
                            history.list();
                        }
                    });

            // The ends of this round are the latest ones, whatever the order among them.
            assertThat(pids().subList(0, 200))
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(next.get() - 199, next.get()).boxed().toList());
        }
    }

    @Test
    void ofManyThreadsItKeepsTheLatest() throws Exception {
        var next = new AtomicLong();
        size.set(1_000);
        Together.run(4, thread -> LongStream.range(0, 5_000).forEach(i -> history.add(end(next.incrementAndGet()))));

        // Each of four threads may have got its pid some time before its end was counted.
        assertThat(pids()).hasSize(1_000).doesNotHaveDuplicates();
        add(20_001, 21_000);
        assertThat(pids()).isEqualTo(LongStream.rangeClosed(20_001, 21_000).boxed().toList().reversed());
    }

    @Test
    void itNeverListsMoreThanItKeepsWhileOthersAdd() throws Exception {
        size.set(10);
        Together.run(
                thread -> add(1, 200_000),
                thread -> {
                    for (int i = 0; i < 20_000; i++) {
                        assertThat(history.list()).hasSizeLessThanOrEqualTo(10);
                    }
                });
    }

    @Test
    void whatASmallerOneForgetsIsNotKeptInMemory() {
        size.set(1_000);
        var first = new WeakReference<>(addOne());
        add(1, 900);
        assertThat(history.find(900)).isPresent();

        size.set(5);

        assertThat(pids()).hasSize(5);
        await().untilAsserted(() -> {
            System.gc();
            assertThat(first.get()).isNull();
        });
    }

    @Test
    void whatItForgetsIsNotKeptInMemory() {
        for (int kept : new int[] {1, 5, 3_000}) {
            size.set(kept);
            var first = new WeakReference<>(addOne());
            add(1, 3L * kept + 1_000);

            await().untilAsserted(() -> {
                System.gc();
                assertThat(first.get()).as("the first of many when %s are kept", kept).isNull();
            });
        }
    }

    private ProcessEnd addOne() {
        var end = end(1);
        history.add(end);
        return end;
    }

    private void add(long first, long last) {
        LongStream.rangeClosed(first, last).forEach(pid -> history.add(end(pid)));
    }

    private List<Long> pids() {
        return history.list().stream().map(end -> end.process().pid()).toList();
    }

    private static ProcessEnd end(long pid) {
        var info = new ProcessInfo(
                pid, "test", ProcessKind.LOGICAL, ProcessState.TERMINATED, OptionalLong.empty(), Instant.EPOCH,
                OptionalLong.empty());
        return new ProcessEnd(info, EndReason.TERMINATED, OptionalInt.empty(), CleanupResult.none(pid));
    }
}
