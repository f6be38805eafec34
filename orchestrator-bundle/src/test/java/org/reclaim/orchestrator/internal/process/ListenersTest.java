package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reclaim.api.ProcessState.CREATED;
import static org.reclaim.api.ProcessState.READY;
import static org.reclaim.api.ProcessState.RUNNING;
import static org.reclaim.api.ProcessState.TERMINATED;
import static org.reclaim.api.ProcessState.TERMINATING;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessListener;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Logs;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Listeners hear of each transition, in order, and delay nobody. */
class ListenersTest {

    private record Told(long pid, ProcessState before, ProcessState state) {}

    /** Remembers what it is told. */
    private static final class Diary implements ProcessListener {
        private final Queue<Told> told = new ConcurrentLinkedQueue<>();

        @Override
        public void stateChanged(ProcessInfo process, ProcessState before) {
            told.add(new Told(process.pid(), before, process.state()));
        }

        List<Told> of(long pid) {
            return told.stream().filter(entry -> entry.pid() == pid).toList();
        }

        void await(long pid, ProcessState state) {
            Patience.until(() -> told.stream().anyMatch(entry -> entry.pid() == pid && entry.state() == state));
        }
    }

    private final TestPlatform platform = TestPlatform.create(settings -> settings.places(1));
    private final Listeners listeners = platform.processes().listeners();
    private final Diary diary = new Diary();
    private final Hang hang = new Hang();

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    @Test
    void itHearsOfEachTransitionInOrder() {
        listeners.add(diary);
        long first = platform.start(ProcessSpec.task("first", hang::untilInterrupted));
        long second = platform.start(ProcessSpec.task("second", hang::untilInterrupted));
        platform.terminate(first);
        platform.terminate(second);
        diary.await(second, TERMINATED);

        assertThat(diary.of(first)).containsExactly(
                new Told(first, CREATED, RUNNING),
                new Told(first, RUNNING, TERMINATING),
                new Told(first, TERMINATING, TERMINATED));
        assertThat(diary.of(second)).containsExactly(
                new Told(second, CREATED, READY),
                new Told(second, READY, RUNNING),
                new Told(second, RUNNING, TERMINATING),
                new Told(second, TERMINATING, TERMINATED));
    }

    @Test
    void itHearsOfAnEndWhenThatBegins() {
        listeners.add(diary);
        platform.change(settings -> settings.grace(Duration.ofMinutes(1)));
        long pid = platform.start(ProcessSpec.task("stays", hang::ignoringInterrupts));
        hang.awaitInside(1);
        Thread.ofPlatform().daemon().start(() -> platform.terminate(pid));

        diary.await(pid, TERMINATING);
        assertThat(diary.of(pid)).hasSize(2);
    }

    @Test
    void whatWasBeforeItCameIsNotTold() {
        long pid = platform.start();
        listeners.add(diary);
        platform.terminate(pid);
        diary.await(pid, TERMINATED);

        assertThat(diary.of(pid)).extracting(Told::before).containsExactly(RUNNING, TERMINATING);
    }

    @Test
    void oneThatHasGoneIsToldNoMore() {
        var other = new Diary();
        listeners.add(diary);
        listeners.add(other);
        listeners.remove(diary);
        long pid = platform.start();
        other.await(pid, RUNNING);

        assertThat(diary.told).isEmpty();
    }

    @Test
    void oneThatHangsDelaysNeitherProcessesNorOthersAndMissesWhatIsTooMuch() {
        try (var logs = Logs.of(Listeners.class)) {
            listeners.add((process, before) -> hang.ignoringInterrupts());
            listeners.add(diary);
            long last = 0;
            for (int i = 0; i < Mailbox.MAX_BEHIND / 3 + 100; i++) {
                last = platform.start();
                platform.terminate(last);
            }
            diary.await(last, TERMINATED);

            Patience.until(() -> hang.inside() == 1);
            assertThat(logs.warnings())
                    .singleElement()
                    .asString()
                    .contains("is 10000 transitions of processes behind, and misses further ones");
        }
    }

    @Test
    void oneThatThrowsIsToldOfTheNextOneAllTheSame() {
        try (var logs = Logs.of(Mailbox.class)) {
            var calls = new AtomicInteger();
            listeners.add((process, before) -> {
                calls.incrementAndGet();
                throw new AssertionError("deliberately");
            });
            platform.terminate(platform.start());

            Patience.until(() -> calls.get() == 3);
            Patience.until(() -> logs.warnings().size() == 3);
            assertThat(logs.warnings()).allMatch(line -> line.contains("deliberately"));
        }
    }

    @Test
    void itMayEndAndStartProcessesItself() {
        listeners.add((process, before) -> {
            if (process.name().equals("spark") && process.state() == RUNNING) {
                platform.terminate(process.pid());
                platform.start(ProcessSpec.logical("flame"));
            }
        });
        listeners.add(diary);
        long spark = platform.start(ProcessSpec.logical("spark"));

        diary.await(spark, TERMINATED);
        diary.await(spark + 1, RUNNING);
    }

    @Test
    void whateverThreadsDoTheTransitionsOfAProcessAreAPathAndTheSameForAll() throws Exception {
        var other = new Diary();
        listeners.add(diary);
        listeners.add(other);
        int each = 300;
        Together.run(4, thread -> {
            for (int i = 0; i < each; i++) {
                var process = platform.processes().start(ProcessSpec.task("task", () -> {}));
                if (i % 3 > 0) {
                    process.terminate();
                }
            }
        });
        Patience.until(() -> platform.processes().processes().isEmpty());
        Patience.until(() -> ended(diary) == 4 * each && ended(other) == 4 * each);

        var states = new HashMap<Long, ProcessState>();
        diary.told.forEach(entry -> {
            assertThat(states.getOrDefault(entry.pid(), CREATED)).isEqualTo(entry.before());
            assertThat(entry.before().canBecome(entry.state())).isTrue();
            states.put(entry.pid(), entry.state());
        });
        assertThat(List.copyOf(diary.told)).isEqualTo(List.copyOf(other.told));
    }

    private static long ended(Diary diary) {
        return diary.told.stream().filter(entry -> entry.state() == TERMINATED).count();
    }
}
