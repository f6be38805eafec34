package org.reclaim.orchestrator.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.SchedulerSettings;

/** Whatever is done to a queue, it does what a plain model of it does. */
class RunQueueModelTest {

    private static final int STEPS = 1_500;

    /** Does the same to both. Values are so few, and the clock so slow, that there are ties of all sorts. */
    private static final class Run {
        private final Random random;
        private final List<String> steps = new ArrayList<>();
        private final QueueModel model = new QueueModel(SchedulerSettings.DEFAULT);
        private final RunQueue queue = new RunQueue(SchedulerSettings.DEFAULT);
        private long now;
        private long arrivals;

        Run(long seed) {
            random = new Random(seed);
        }

        void step() {
            now += random.nextInt(3);
            // For a while more come than go, then the queue is short.
            boolean grows = steps.size() % 200 < 60;
            switch (random.nextInt(10)) {
                case 0, 1 -> add();
                case 2, 3, 4, 5 -> {
                    if (grows) {
                        add();
                    } else {
                        pick(model.running()).ifPresent(this::remove);
                    }
                }
                case 6 -> pick(model.waiting()).ifPresent(this::remove);
                case 7 -> pick(model.waiting()).ifPresent(ticket -> replace(ticket.withPriority(priority())));
                case 8 -> pick(model.waiting()).ifPresent(ticket -> replace(ticket.withGroup(group())));
                default -> {
                    if (random.nextInt(5) == 0) { // it sets the groups' turns anew, so not often
                        change();
                    }
                }
            }
            // As the scheduler does after each change: nobody waits while there is a place.
            var expected = model.next();
            do {
                assertThat(queue.next()).isEqualTo(expected);
                expected = expected.flatMap(started -> model.next());
            } while (expected.isPresent());
            assertThat(queue.next()).isEmpty();
        }

        private void add() {
            var ticket = new Ticket(arrivals + 1, priority(), group(), now, arrivals);
            arrivals++;
            steps.add("add " + ticket);
            model.add(ticket);
            queue.add(ticket);
        }

        private void remove(Ticket ticket) {
            steps.add("remove " + ticket);
            model.remove(ticket.pid());
            queue.remove(ticket.pid());
        }

        private void replace(Ticket ticket) {
            steps.add("replace by " + ticket);
            model.replace(ticket);
            queue.replace(ticket);
        }

        private void change() {
            var policies = SchedulingPolicy.values();
            var settings = new SchedulerSettings(
                    random.nextInt(20) == 0 ? 0 : random.nextInt(1, 5),
                    policies[random.nextInt(policies.length)],
                    Duration.ofNanos(random.nextInt(1, 4)));
            steps.add("change to " + settings);
            model.change(settings);
            queue.change(settings);
        }

        private int priority() {
            return random.nextInt(4);
        }

        private String group() {
            return "group " + random.nextInt(4);
        }

        private <T> Optional<T> pick(List<T> from) {
            return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
        }

        void check() {
            assertThat(queue.running()).isEqualTo(model.running().size());
            assertThat(queue.waiting()).isEqualTo(model.waiting().size());
            model.waiting().forEach(ticket -> assertThat(queue.waiting(ticket.pid())).contains(ticket));
            assertThat(queue.copy().drain()).isEqualTo(model.order(Integer.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itStartsAndListsWhatTheModelDoes(long seed) {
        run(seed);
    }

    @Test
    void alsoWithWhatNobodyHasTriedYet() {
        run(System.nanoTime());
    }

    private static void run(long seed) {
        var run = new Run(seed);
        try {
            for (int i = 0; i < STEPS; i++) {
                run.step();
                run.check();
            }
        } catch (RuntimeException | Error e) {
            var last = run.steps.subList(Math.max(0, run.steps.size() - 20), run.steps.size());
            throw new AssertionError("Seed " + seed + ", the last of " + run.steps.size() + " steps: "
                    + String.join("\n", last), e);
        }
    }
}
