package org.reclaim.orchestrator.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.CurrentProcess;
import org.reclaim.api.ProcessEnd;
import org.reclaim.api.ProcessEnding;
import org.reclaim.api.ProcessSpec;
import org.reclaim.api.ProcessState;
import org.reclaim.api.TypeOutcome.Status;
import org.reclaim.orchestrator.internal.testing.Asked;
import org.reclaim.orchestrator.internal.testing.Item;
import org.reclaim.orchestrator.internal.testing.Patience;
import org.reclaim.orchestrator.internal.testing.Shelf;
import org.reclaim.orchestrator.internal.testing.TestPlatform;

/** Plug-ins that end processes while they clean one: nobody may wait for himself. */
@Timeout(60)
class TerminateFromWithinTest {

    private final TestPlatform platform = TestPlatform.create();
    private final Processes processes = platform.processes();
    private final ConcurrentLinkedQueue<ProcessEnd> soFar = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        platform.close();
    }

    private Asked calling(LongConsumer call) {
        return new Asked("calling") {
            @Override
            public CleanupStats cleanup(long pid) {
                call.accept(pid);
                return super.cleanup(pid);
            }
        };
    }

    private long startHolding(Asked type) {
        long pid = platform.start();
        type.hold(pid);
        return pid;
    }

    @Test
    void aCleanupThatTerminatesItsOwnProcessGetsTheResultSoFar() {
        var before = new Asked("before");
        platform.bind(before, 1);
        var type = calling(pid -> soFar.add(processes.terminate(pid)));
        platform.bind(type, 0);
        long pid = startHolding(type);
        before.hold(pid);

        var end = platform.terminate(pid);

        assertThat(end.cleanup().isSuccess()).isTrue();
        assertThat(soFar).singleElement().satisfies(part -> {
            assertThat(part.process().state()).isEqualTo(ProcessState.TERMINATING);
            assertThat(part.reason()).isEqualTo(end.reason());
            assertThat(part.cleanup().outcomes()).extracting(each -> each.resourceType()).containsExactly("before");
        });
    }

    @Test
    void aCleanupThatTerminatesAnotherProcessDoesNotWaitForIt() {
        long[] other = new long[1];
        var type = calling(pid -> {
            if (pid != other[0]) {
                soFar.add(processes.terminate(other[0]));
            }
        });
        platform.bind(type, 0);
        other[0] = startHolding(type);
        long pid = startHolding(type);

        assertThat(platform.terminate(pid).cleanup().isSuccess()).isTrue();

        var end = processes.terminate(other[0]);
        assertThat(end.process().state()).isEqualTo(ProcessState.TERMINATED);
        assertThat(end.cleanup().isSuccess()).isTrue();
        assertThat(type.cleaned()).containsExactlyInAnyOrder(pid, other[0]);
    }

    @Test
    void twoCleanupsThatTerminateEachOthersProcessBothReturn() throws Exception {
        long[] pids = new long[2];
        var type = calling(pid -> soFar.add(processes.terminate(pid == pids[0] ? pids[1] : pids[0])));
        platform.bind(type, 0);
        for (int round = 0; round < 50; round++) {
            pids[0] = startHolding(type);
            pids[1] = startHolding(type);
            var first = processes.terminate(pids[0]);
            var second = processes.terminate(pids[1]);

            assertThat(first.cleanup().isSuccess()).isTrue();
            assertThat(second.cleanup().isSuccess()).isTrue();
        }
    }

    /** A thread of its own is not known to belong to a cleanup: it waits, and with it the cleanup, for its deadline. */
    @Test
    void aCleanupThatTerminatesItsProcessFromAThreadThatItJoinsIsTimedOut() {
        var type = calling(pid -> {
            var thread = Thread.ofPlatform().daemon().start(() -> soFar.add(processes.terminate(pid)));
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("given up", e);
            }
        });
        var after = new Asked("after");
        platform.bind(type, 0);
        platform.bind(after, -1);
        long pid = startHolding(type);
        after.hold(pid);

        var end = platform.terminate(pid);

        assertThat(TestPlatform.outcome(end, "calling").status()).isEqualTo(Status.TIMED_OUT);
        assertThat(TestPlatform.outcome(end, "after").status()).isEqualTo(Status.FREED);
        Patience.until(() -> soFar.contains(end));
    }

    @Test
    void aReleaserThatRunsOnTheThreadOfTheEndMayTerminateItsProcess() {
        long[] pid = new long[1];
        var shelf = new Shelf("items", platform.tables(), Shelf.nonBlocking(item -> {
            soFar.add(processes.terminate(pid[0]));
            item.release();
        }));
        platform.bind(shelf, 0);
        pid[0] = platform.start();
        shelf.hold(pid[0]);
        shelf.table().one(pid[0], Item.class, Item::new);

        assertThat(platform.terminate(pid[0]).cleanup().isSuccess()).isTrue();
        assertThat(soFar).hasSize(2).allMatch(part -> part.process().state() == ProcessState.TERMINATING);
    }

    @Test
    void hasResourcesAndEndingMayTerminateToo() {
        class Told extends Asked implements ProcessEnding {
            Told() {
                super("told");
            }

            @Override
            public boolean hasResources(long pid) {
                soFar.add(processes.terminate(pid));
                return super.hasResources(pid);
            }

            @Override
            public void ending(long pid) {
                soFar.add(processes.terminate(pid));
            }
        }
        var told = new Told();
        platform.bind(told, 0);
        long pid = startHolding(told);

        assertThat(platform.terminate(pid).cleanup().isSuccess()).isTrue();
    }

    @Test
    void whoWorksForTheProcessGetsTheResultSoFarAndTheEndGoesOnElsewhere() throws Exception {
        var type = calling(pid -> {});
        platform.bind(type, 0);
        var process = processes.start(ProcessSpec.logical("test"));
        type.hold(process.pid());

        CurrentProcess.run(process.pid(), () -> soFar.add(process.terminate()));

        assertThat(soFar).singleElement().satisfies(part -> assertThat(part.process().state())
                .isIn(ProcessState.TERMINATING, ProcessState.TERMINATED));
        assertThat(process.await(Duration.ofSeconds(20)).orElseThrow().cleanup().isSuccess()).isTrue();
        // Once it is over there is nothing to wait for.
        CurrentProcess.run(process.pid(), () -> assertThat(process.terminate().process().state())
                .isEqualTo(ProcessState.TERMINATED));
    }

    @Test
    void whoWorksForAnotherProcessWaitsAsEverybody() {
        var type = calling(pid -> {});
        platform.bind(type, 0);
        long own = platform.start();
        long other = startHolding(type);

        CurrentProcess.run(own, () -> assertThat(processes.terminate(other).process().state())
                .isEqualTo(ProcessState.TERMINATED));
    }

    @Test
    void aCleanupMayStartAndEndProcesses() {
        var type = calling(pid -> processes.start(ProcessSpec.logical("inner")).close());
        platform.bind(type, 0);
        long pid = startHolding(type);

        assertThat(platform.terminate(pid).cleanup().isSuccess()).isTrue();
        Patience.until(() -> processes.processes().isEmpty());
        assertThat(processes.history()).hasSize(2);
    }
}
