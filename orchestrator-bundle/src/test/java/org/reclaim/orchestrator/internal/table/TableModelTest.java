package org.reclaim.orchestrator.internal.table;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.reclaim.api.ProcessEndedException;
import org.reclaim.api.ResourceHandle;
import org.reclaim.api.ResourceTable;
import org.reclaim.orchestrator.internal.testing.Item;

/**
 * Tracking against closing against the end of the process, and against a limit that is set meanwhile, in all
 * interleavings that a model checker finds, and by stress on the real memory model, which the checker does not know.
 * Whatever the interleaving: what was tracked is released exactly once and before the end is told done, what was
 * refused is never released, nothing is lost, and what is held is counted.
 */
class TableModelTest {

    @Test
    void everyInterleavingReleasesExactlyOnceAndLosesNothing() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(0)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(OneProcess.class);
    }

    @Test
    void theRealMemoryModelReleasesExactlyOnceAndLosesNothing() {
        new StressOptions()
                .threads(3)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(0)
                .iterations(8)
                .invocationsPerIteration(1_000)
                .check(OneProcess.class);
    }

    /** One process that has an item already. Run by one thread alone this is also the specification. */
    public static class OneProcess {

        private final TestTables tables = new TestTables();
        private final ResourceTable<Item> table = tables.open(this::release);
        private final long pid = tables.process();
        private final Owner owner = tables.owner(pid);
        private final Item present = new Item();
        private final ResourceHandle<Item> handle = table.track(pid, present);
        private final Item first = new Item();
        private final Item second = new Item();
        private volatile boolean firstTracked;
        private volatile boolean secondTracked;
        private final AtomicInteger helping = new AtomicInteger();
        private volatile boolean counting;
        private volatile boolean endToldDone;
        private volatile boolean releasedTooLate;

        private void release(Item item) {
            releasedTooLate |= endToldDone;
            item.release();
        }

        /** Whether it was taken. */
        @Operation(runOnce = true)
        public boolean trackFirst() {
            firstTracked = track(first, false);
            return firstTracked;
        }

        /** The same, closed at once. */
        @Operation(runOnce = true)
        public boolean trackAndCloseSecond() {
            secondTracked = track(second, true);
            return secondTracked;
        }

        private boolean track(Item item, boolean close) {
            try {
                var tracked = table.track(pid, item);
                if (close) {
                    tracked.close();
                }
                return true;
            } catch (ProcessEndedException e) {
                return false;
            }
        }

        @Operation
        public void close() {
            handle.close();
        }

        @Operation(runOnce = true)
        public void end() {
            TestTables.end(owner, table);
            while (tables.holding(pid).isBusy() || helping.get() > 0) {
                Thread.onSpinWait();
            }
            endToldDone = true;
        }

        /** A setting limits the type from now on: what is there is counted. */
        @Operation(runOnce = true)
        public void limit() {
            // As TypeTable.countIfLimited does for each process; to look for all of them would be too long a loop here.
            tables.holding(pid).startCounting();
            counting = true;
        }

        /** A second worker of the same end, which waits for it. */
        @Operation
        public void help() {
            helping.incrementAndGet();
            if (owner.isEnding() && !endToldDone) {
                table.releaseAll(pid);
            }
            helping.decrementAndGet();
        }

        /** Called when all threads have finished. */
        @Validate
        public void nothingIsLostAndNothingReleasedTwice() {
            require(!releasedTooLate, "released after the end was told done");
            long counted = tables.tables.find("items").orElseThrow().resourceQuota().total();
            require(!counting || counted == tables.holding(pid).count(), "counted: " + counted);
            require(present.releases() <= 1, "present: " + present);
            require(first.releases() <= (firstTracked ? 1 : 0), "first: " + first);
            require(second.releases() == (secondTracked ? 1 : 0), "second: " + second);
            if (endToldDone) {
                require(present.releases() == 1, "present is lost");
                require(first.releases() == (firstTracked ? 1 : 0), "first is lost");
                require(!table.hasResources(pid), "something is left");
            }
        }

        private static void require(boolean condition, String otherwise) {
            if (!condition) {
                throw new IllegalStateException(otherwise);
            }
        }
    }
}
