package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.reclaim.api.EndReason;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ProcessInfo;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessStartException;
import org.reclaim.orchestrator.internal.SettingsBuilder;
import org.reclaim.orchestrator.internal.testing.Hang;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;
import org.reclaim.orchestrator.internal.testing.Together;

/** Parents, children, and the end of everything. */
class ProcessTreeTest {

    @Test
    void childrenEndBeforeTheirParents() {
        try (var platform = TestPlatform.create()) {
            long parent = platform.start();
            long child = platform.start(ProcessSpec.logical("child").withParent(parent));
            long grandchild = platform.start(ProcessSpec.logical("grandchild").withParent(child));

            platform.terminate(parent);

            var newestFirst = platform.processes().history();
            assertThat(newestFirst).extracting(end -> end.process().pid()).containsExactly(parent, child, grandchild);
            assertThat(newestFirst).extracting(ProcessEnd::reason)
                    .containsExactly(EndReason.TERMINATED, EndReason.PARENT_ENDED, EndReason.PARENT_ENDED);
        }
    }

    @Test
    void aTreeDeeperThanAnyStackEnds() {
        try (var platform = TestPlatform.create(settings -> settings.historySize(20_000))) {
            long root = platform.start();
            long parent = root;
            for (int i = 1; i < 10_000; i++) {
                parent = platform.start(ProcessSpec.logical("deep").withParent(parent));
            }

            platform.terminate(root);

            assertThat(platform.processes().processes()).isEmpty();
            var pids = platform.processes().history().stream().map(end -> end.process().pid()).toList();
            assertThat(pids).hasSize(10_000).isSorted();
        }
    }

    @Test
    void aTreeWithTenThousandChildrenEnds() {
        try (var platform = TestPlatform.create(settings -> settings.historySize(20_000))) {
            long root = platform.start();
            for (int i = 0; i < 10_000; i++) {
                platform.start(ProcessSpec.logical("wide").withParent(root));
            }

            platform.terminate(root);

            assertThat(platform.processes().processes()).isEmpty();
            assertThat(platform.processes().history()).hasSize(10_001);
        }
    }

    @Test
    void childrenThatStartWhileTheirParentEndsAreRefusedOrEndWithIt() throws Exception {
        try (var platform = TestPlatform.create(settings -> settings.historySize(100_000))) {
            var started = ConcurrentHashMap.<Long>newKeySet();
            for (int round = 0; round < 300; round++) {
                long parent = platform.start();
                Together.run(3, thread -> {
                    if (thread == 0) {
                        platform.terminate(parent);
                    } else {
                        startUntilRefused(platform, parent, started);
                    }
                });
            }

            assertThat(platform.processes().processes()).isEmpty();
            var ended = platform.processes().history().stream()
                    .filter(end -> end.process().parent().isPresent())
                    .map(end -> end.process().pid())
                    .collect(Collectors.toSet());
            assertThat(ended.equals(started)).as("%d ended, %d started", ended.size(), started.size()).isTrue();
        }
    }

    private static void startUntilRefused(TestPlatform platform, long parent, Set<Long> started) {
        try {
            for (int i = 0; i < 100; i++) {
                started.add(platform.start(ProcessSpec.logical("child").withParent(parent)));
            }
        } catch (ProcessEndedException expected) {
            assertThat(expected).hasMessageContaining("start children");
        } catch (ProcessStartException ended) {
            // It was ended with its parent while it was being started, and is in the history like the others.
            started.add(ended.end().process().pid());
        }
    }

    @Test
    void stoppingEndsAllRefusesNewOnesAndListsWhatIsLeft() {
        Consumer<SettingsBuilder> impatient = settings -> {
            settings.stopDeadline(Duration.ofMillis(500));
            settings.deadline(Duration.ofSeconds(20));
        };
        try (var platform = TestPlatform.create(impatient);
                var hang = new Hang()) {
            var stuck = new Shelf("stuck", platform.tables(), item -> hang.ignoringInterrupts());
            var good = new Shelf("good", platform.tables());
            platform.bind(stuck, 1);
            platform.bind(good, 2);
            var items = Collections.synchronizedList(new ArrayList<Item>());
            for (int i = 0; i < 20; i++) {
                items.add(good.hold(platform.start()).get());
            }
            long hung = platform.start();
            stuck.hold(hung);

            var left = platform.processes().stop();

            assertThat(left).extracting(ProcessInfo::pid).containsExactly(hung);
            assertThat(items).allMatch(item -> item.releases() == 1);
            assertThatThrownBy(platform::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stopping");
            hang.letGo();
            Patience.until(() -> platform.processes().processes().isEmpty());
        }
    }

    @Test
    void hundredThousandProcessesWhileCleanupsComeAndGoReleaseEachItemOnce() throws Exception {
        try (var platform = TestPlatform.create(settings -> settings.deadline(Duration.ofSeconds(30)))) {
            var shelf = new Shelf("items", platform.tables());
            var bound = new ConcurrentLinkedQueue<>(List.of(platform.bind(shelf, 1)));
            var items = new ConcurrentLinkedQueue<Item>();
            var working = new AtomicInteger(4);
            Together.run(5, thread -> {
                if (thread == 4) {
                    while (working.get() > 0) {
                        platform.unbind(bound.remove());
                        bound.add(platform.bind(shelf, 1));
                    }
                } else {
                    try {
                        work(platform, shelf, items);
                    } finally {
                        working.decrementAndGet();
                    }
                }
            });

            platform.awaitSettled();
            assertThat(items.size()).isEqualTo(300_000);
            assertThat(items.stream().collect(Collectors.groupingBy(Item::releases, Collectors.counting())))
                    .isEqualTo(Map.of(1, 300_000L));
            assertThat(platform.processes().processes()).isEmpty();
            assertThat(platform.inventory().types()).allMatch(type -> type.live() == 0 && type.bytes() == 0);
        }
    }

    /** A quarter of the processes: each holds three items and closes one of them itself. */
    private static void work(TestPlatform platform, Shelf shelf, ConcurrentLinkedQueue<Item> items) {
        for (int i = 0; i < 25_000; i++) {
            long pid = platform.start();
            for (int j = 0; j < 3; j++) {
                var handle = shelf.hold(pid, 10, "item");
                items.add(handle.get());
                if (j == 1) {
                    handle.close();
                }
            }
            platform.terminate(pid);
        }
    }
}
