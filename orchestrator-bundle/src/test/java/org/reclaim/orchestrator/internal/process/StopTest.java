package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.api.ProcessState;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Stopping the platform ends everything, within one deadline for all. */
class StopTest {

    private static final Duration DEADLINE = Duration.ofMillis(700);

    private final Hang hang = new Hang();
    private final TestPlatform platform = TestPlatform.create(settings -> {
        settings.stopDeadline(DEADLINE);
        settings.deadline(Duration.ofMinutes(1));
    });
    private final Processes processes = platform.processes();
    private final Shelf shelf = new Shelf("items", platform.tables());

    {
        platform.bind(shelf, 0);
    }

    @AfterEach
    void close() {
        hang.letGo();
        platform.close();
    }

    @Test
    void allProcessesAreEndedAndNewOnesRefused() {
        var items = new ConcurrentLinkedQueue<Item>();
        for (int i = 0; i < 50; i++) {
            long parent = platform.start();
            items.add(shelf.hold(parent).get());
            items.add(shelf.hold(platform.start(ProcessSpec.logical("child").withParent(parent))).get());
        }
        platform.start(ProcessSpec.task("task", hang::untilInterrupted));

        assertThat(processes.stop()).isEmpty();

        assertThat(items).hasSize(100).allMatch(item -> item.releases() == 1);
        assertThat(processes.processes()).isEmpty();
        assertThat(processes.history()).hasSize(101).allMatch(end -> end.reason() == EndReason.PLATFORM_STOPPED
                || end.reason() == EndReason.PARENT_ENDED
                || end.process().name().equals("task"));
        assertThatIllegalStateException()
                .isThrownBy(platform::start)
                .withMessageContaining("The platform is stopping");
        assertThat(processes.stop()).isEmpty();
    }

    @Test
    void endingAllDoesNotRefuseNewOnes() {
        platform.start();
        assertThat(processes.endAllButBundles()).isEmpty();

        assertThat(processes.process(platform.start())).isPresent();
    }

    @Test
    void processesOfBundlesEndWithTheirBundlesWhichIsAfterAllOthers() {
        var own = processes.startOfBundle("bundle 1.0.0");
        var ofBundle = shelf.hold(own.pid()).get();
        var ofChild = shelf.hold(platform.start(ProcessSpec.logical("child").withParent(own.pid()))).get();
        var ofOther = shelf.hold(platform.start()).get();

        assertThat(processes.beginStop()).isEmpty();

        assertThat(ofChild.releases()).isEqualTo(1);
        assertThat(ofOther.releases()).isEqualTo(1);
        assertThat(ofBundle.releases()).isZero();
        assertThat(processes.processes()).extracting(ProcessInfo::pid).containsExactly(own.pid());
        assertThatIllegalStateException().isThrownBy(() -> processes.startOfBundle("another 1.0.0"));

        processes.end(own);
        assertThat(ofBundle.releases()).isEqualTo(1);
        assertThat(processes.history().getFirst().reason()).isEqualTo(EndReason.BUNDLE_STOPPED);
    }

    @Test
    void theEndsOfBundlesShareTheOneDeadlineOfTheStop() {
        var slow = new Shelf("slow", platform.tables(), item -> hang.ignoringInterrupts());
        platform.bind(slow, 1);
        var owns = Stream.of("first", "second", "third").map(processes::startOfBundle).toList();
        owns.forEach(own -> slow.hold(own.pid()));
        long start = System.nanoTime();

        processes.beginStop();
        owns.forEach(processes::end);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.multipliedBy(2));
        assertThat(processes.stop()).hasSize(3);
        hang.letGo();
        Patience.until(() -> processes.processes().isEmpty());
    }

    @Test
    void whatHangsIsListedWhenTheOneDeadlineIsOverAndTheOthersHaveEnded() {
        var slow = new Shelf("slow", platform.tables(), item -> {
            hang.ignoringInterrupts();
            item.release();
        });
        platform.bind(slow, 1);
        long first = platform.start();
        long second = platform.start(ProcessSpec.logical("second"));
        slow.hold(first);
        slow.hold(second);
        var items = new ConcurrentLinkedQueue<Item>();
        for (int i = 0; i < 100; i++) {
            items.add(shelf.hold(platform.start()).get());
        }
        long start = System.nanoTime();

        var left = processes.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(DEADLINE, DEADLINE.multipliedBy(4));
        assertThat(left).extracting(ProcessInfo::pid).containsExactly(first, second);
        assertThat(left).allMatch(info -> info.state() == ProcessState.TERMINATING);
        assertThat(items).allMatch(item -> item.releases() == 1);

        // Their ends go on.
        hang.letGo();
        Patience.until(() -> processes.processes().isEmpty());
    }

    @Test
    void anInterruptedStopListsWhatIsLeft() {
        var slow = new Shelf("slow", platform.tables(), item -> hang.ignoringInterrupts());
        platform.bind(slow, 1);
        long pid = platform.start();
        slow.hold(pid);
        Thread.currentThread().interrupt();

        assertThat(processes.stop()).extracting(ProcessInfo::pid).containsExactly(pid);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aTaskMayStopThePlatform() {
        var left = new AtomicReference<List<ProcessInfo>>();
        platform.start(ProcessSpec.task("stopper", () -> left.set(processes.stop())));

        Patience.until(() -> left.get() != null);
        Patience.until(() -> processes.processes().isEmpty());
    }

    @Test
    void startingAgainstStoppingLeavesNobodyBehind() throws Exception {
        for (int round = 0; round < 200; round++) {
            try (var other = TestPlatform.create()) {
                var types = new Shelf("items", other.tables(), Shelf.nonBlocking(Item::release));
                other.bind(types, 0);
                var items = new ConcurrentLinkedQueue<Item>();
                Together.run(
                        thread -> assertThat(other.processes().stop()).isEmpty(),
                        thread -> startUntilRefused(other, types, items),
                        thread -> startUntilRefused(other, types, items));

                assertThat(other.processes().processes()).isEmpty();
                assertThat(items).allMatch(item -> item.releases() == 1);
            }
        }
    }

    private static void startUntilRefused(TestPlatform other, Shelf types, ConcurrentLinkedQueue<Item> items) {
        try {
            while (true) {
                other.start(ProcessSpec.logical("test").withPreparation(pid -> {
                    items.add(types.hold(pid).get());
                    return Map.of();
                }));
            }
        } catch (IllegalStateException | ProcessStartException e) {
            // The stop won.
        }
    }

    @Test
    void aProcessThatIsBeingStartedWhenThePlatformStopsIsEnded() throws Exception {
        var item = new AtomicReference<Item>();
        Together.run(
                thread -> assertThat(catchThrowable(
                                () -> platform.start(ProcessSpec.logical("slow").withPreparation(pid -> {
                                    item.set(shelf.hold(pid).get());
                                    hang.ignoringInterrupts();
                                    return Map.of();
                                }))))
                        .isInstanceOf(ProcessStartException.class),
                thread -> {
                    hang.awaitInside(1);
                    assertThat(processes.stop()).isEmpty();
                    hang.letGo();
                });

        assertThat(item.get().releases()).isEqualTo(1);
    }
}
