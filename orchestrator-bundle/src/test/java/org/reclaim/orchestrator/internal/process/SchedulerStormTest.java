package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ManagedProcess;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.SchedulingPolicy;
import org.reclaim.orchestrator.internal.SchedulerSettings;
import org.reclaim.orchestrator.internal.schedule.QueueModel;
import org.reclaim.orchestrator.internal.schedule.Ticket;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Ten thousand processes on two places. */
class SchedulerStormTest {

    private static final int PROCESSES = 10_000;
    private static final int PLACES = 2;
    private static final Duration SOON = Duration.ofSeconds(60);

    /** So long that nobody gets more urgent within the test: then times do not matter, only who came first. */
    private static final Duration NO_AGEING = Duration.ofDays(1);

    /** Counts how many run at a time, the test's own way. */
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private Runnable task(CountDownLatch done) {
        return () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it is being ended
            } finally {
                running.decrementAndGet();
            }
        };
    }

    /** One thread does it all, so after each step it is certain who must run now. */
    private final class Storm {
        private final Random random;
        private final TestPlatform platform;
        private final QueueModel model =
                new QueueModel(new SchedulerSettings(PLACES, SchedulingPolicy.FIFO, NO_AGEING));
        private final Map<Long, ManagedProcess> processes = new HashMap<>();
        private final Map<Long, CountDownLatch> latches = new HashMap<>();
        private long arrivals;

        Storm(long seed, TestPlatform platform) {
            this.random = new Random(seed);
            this.platform = platform;
        }

        void run() throws InterruptedException {
            while (processes.size() < PROCESSES) {
                start();
                if (random.nextInt(20) == 0) {
                    step();
                }
            }
            for (int steps = 0; !model.running().isEmpty(); steps++) {
                step();
                if (steps % 500 == 0) {
                    check();
                }
            }
            assertThat(model.waiting()).isEmpty();
            assertThat(platform.processes().processes()).isEmpty();
        }

        private void start() {
            int priority = random.nextInt(101);
            var group = "group " + random.nextInt(5);
            var latch = new CountDownLatch(1);
            var process = platform.processes().start(
                    ProcessSpec.task("task", task(latch)).withPriority(priority).withGroup(group));
            processes.put(process.pid(), process);
            latches.put(process.pid(), latch);
            model.add(new Ticket(process.pid(), priority, group, arrivals, arrivals++));
            startExpected();
        }

        private void step() throws InterruptedException {
            switch (random.nextInt(8)) {
                case 0, 1 -> exit(pick(model.running()));
                case 2, 3, 4 -> terminate(pick(model.running()));
                case 5 -> {
                    if (!model.waiting().isEmpty()) {
                        terminate(pick(model.waiting()));
                    }
                }
                case 6 -> change();
                default -> changePolicy();
            }
            startExpected();
        }

        private void exit(Ticket ticket) throws InterruptedException {
            latches.get(ticket.pid()).countDown();
            assertThat(processes.get(ticket.pid()).await(SOON)).isPresent();
            model.remove(ticket.pid());
        }

        private void terminate(Ticket ticket) {
            processes.get(ticket.pid()).terminate();
            model.remove(ticket.pid());
        }

        private void change() {
            if (model.waiting().isEmpty()) {
                return;
            }
            var ticket = pick(model.waiting());
            int priority = random.nextInt(101);
            var group = "group " + random.nextInt(5);
            platform.processes().scheduler().setPriority(ticket.pid(), priority);
            platform.processes().scheduler().setGroup(ticket.pid(), group);
            model.replace(ticket.withPriority(priority).withGroup(group));
        }

        private void changePolicy() {
            var policy = SchedulingPolicy.values()[random.nextInt(3)];
            platform.processes().scheduler().setPolicy(policy);
            model.change(new SchedulerSettings(PLACES, policy, NO_AGEING));
        }

        private Ticket pick(List<Ticket> from) {
            return from.get(random.nextInt(from.size()));
        }

        /** Whoever is next by the model runs by now, and nobody else. */
        private void startExpected() {
            for (var next = model.next(); next.isPresent(); next = model.next()) {
                assertThat(state(next.get())).as("%s is next", next.get()).isEqualTo(ProcessState.RUNNING);
            }
            assertThat(platform.processes().scheduler().running()).isEqualTo(model.running().size());
        }

        private ProcessState state(Ticket ticket) {
            return processes.get(ticket.pid()).info().state();
        }

        private void check() {
            var listed = platform.processes().scheduler().queue();
            assertThat(listed).hasSize(model.waiting().size());
            assertThat(listed.stream().limit(20).map(waiting -> waiting.process().pid()))
                    .isEqualTo(model.order(20).stream().map(Ticket::pid).toList());
        }
    }

    @Test
    void theyStartInTheOrderOfThePolicyOnNoMoreThanTwoPlacesAndNoneIsForgotten() throws Exception {
        long seed = System.nanoTime();
        try (var platform = TestPlatform.create(settings -> {
            settings.places(PLACES);
            settings.grace(SOON); // a task may have to wait for a processor before it can stop
            settings.ageing(NO_AGEING);
        })) {
            new Storm(seed, platform).run();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("Seed " + seed, e);
        }
        assertThat(most).hasValueLessThanOrEqualTo(PLACES);
    }

    @Test
    void manyThreadsThatStartEndAndReorderNeverTakeMorePlacesAndForgetNobody() throws Exception {
        try (var platform = TestPlatform.create(settings -> {
            settings.places(PLACES);
            settings.grace(SOON);
        })) {
            var scheduler = platform.processes().scheduler();
            Together.run(4, thread -> {
                var random = new Random(thread);
                var mine = new ArrayList<ManagedProcess>();
                for (int i = 0; i < PROCESSES / 20; i++) {
                    var done = new CountDownLatch(random.nextInt(2)); // every other one ends by itself
                    mine.add(platform.processes().start(
                            ProcessSpec.task("task", task(done)).withPriority(random.nextInt(101))));
                    var some = mine.get(random.nextInt(mine.size()));
                    switch (random.nextInt(4)) {
                        case 0 -> scheduler.setPolicy(SchedulingPolicy.values()[random.nextInt(3)]);
                        case 1 -> scheduler.queue().stream()
                                .findFirst()
                                .ifPresent(next -> reorder(platform, next.process().pid()));
                        default -> some.terminate();
                    }
                }
                mine.forEach(process -> {
                    if (random.nextBoolean()) {
                        process.terminate();
                    }
                });
                mine.forEach(ManagedProcess::terminate);
            });

            Patience.until(() -> platform.processes().processes().isEmpty());
            assertThat(scheduler.running()).isZero();
            assertThat(scheduler.queue()).isEmpty();
        }
        assertThat(running).hasValue(0);
        assertThat(most).hasValueLessThanOrEqualTo(PLACES);
    }

    private static void reorder(TestPlatform platform, long pid) {
        try {
            platform.processes().scheduler().setPriority(pid, 0);
        } catch (IllegalStateException e) {
            // It was started or ended meanwhile.
        }
    }
}
